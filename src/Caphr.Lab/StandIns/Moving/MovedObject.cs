using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.StandIns.Moving;

/// <summary>A kind that may be moved: those that a provider brought, Secrets and ConfigMaps.</summary>
internal sealed record MovedKind(string ApiVersion, string Kind, string Plural, IReadOnlyDictionary<string, string> Labels)
{
    public const string MoveLabel = "clusterctl.cluster.x-k8s.io/move";
    public const string HierarchyLabel = "clusterctl.cluster.x-k8s.io/move-hierarchy";

    public static readonly MovedKind Secrets = new("v1", "Secret", "secrets", new Dictionary<string, string>());
    public static readonly MovedKind ConfigMaps = new("v1", "ConfigMap", "configmaps", new Dictionary<string, string>());

    public bool Is(string group, string kind) => Kind == kind && ApiVersion.StartsWith(group + "/", StringComparison.Ordinal);

    /// <summary>Path of one object, or of all of a namespace.</summary>
    public string Path(string inNamespace, string? name = null) =>
        $"{(ApiVersion.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{ApiVersion}/namespaces/{inNamespace}/{Plural}{(name is null ? "" : $"/{name}")}";
}

internal sealed record MovedObject(MovedKind Kind, JsonObject Document)
{
    public string Name => Document.Name();

    public string Uid => Document.Uid();

    public IEnumerable<string> OwnerUids => Document.Owners().Select(owner => owner.Uid);

    public bool IsCluster => Kind.Is("cluster.x-k8s.io", "Cluster");

    public bool Carries(string label) => Kind.Labels.ContainsKey(label) || Document.Labels().ContainsKey(label);

    public override string ToString() => $"{Kind.Kind} {Name}";
}
