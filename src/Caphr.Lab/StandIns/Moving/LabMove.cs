using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Protocols;

namespace Caphr.Lab.StandIns.Moving;

/// <summary>
/// Moves the clusters of a namespace from one management cluster to another, as <c>clusterctl move</c> does: without status, with new UIDs,
/// and on the source with every finalizer torn off. Controllers on both sides must take that for what it is, and neither release nor
/// provision a server for it.
/// </summary>
public sealed class LabMove(Uri source, Uri target, TimeProvider clock)
{
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";
    private const string BlockAnnotation = "clusterctl.cluster.x-k8s.io/block-move";
    private const string DeleteAnnotation = "clusterctl.cluster.x-k8s.io/delete-for-move";

    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(100);
    private static readonly string[] s_ofTheServer = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"];

    /// <summary>How long objects may say that they must not be moved just now.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What was moved, such as <c>Machine worker-1</c>, in the order in which it was made.</summary>
    public async Task<Outcome<IReadOnlyList<string>, MoveFailure>> RunAsync(string inNamespace, CancellationToken cancellation)
    {
        using var from = new MoveApi(source);
        using var to = new MoveApi(target);
        if (!(await DiscoverAsync(from, inNamespace, cancellation)).TryGet(out var moved, out var failure)) return failure;
        var clusters = moved.Where(found => found.IsCluster).ToList();
        failure = Unready(moved)
            ?? await PauseAsync(from, clusters, inNamespace, paused: true, cancellation)
            ?? await WaitUntilFreeAsync(from, moved, inNamespace, cancellation);
        if (failure is not null) return failure;

        var groups = MoveGraph.Groups(moved);
        var uids = new Dictionary<string, string>(StringComparer.Ordinal);
        var home = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = inNamespace } };
        if (!(await to.EnsureAsync("api/v1/namespaces", home, cancellation)).TryGet(out _, out failure)) return failure;
        foreach (var one in groups.SelectMany(group => group))
        {
            if (await CopyAsync(from, to, one, inNamespace, uids, cancellation) is { } refused) return refused;
        }

        foreach (var one in groups.Reverse().SelectMany(group => group))
        {
            if (await TearOffAsync(from, one, inNamespace, cancellation) is { } refused) return refused;
        }

        failure = await PauseAsync(to, clusters, inNamespace, paused: false, cancellation);
        return failure is null ? Outcome<IReadOnlyList<string>, MoveFailure>.Of([.. groups.SelectMany(group => group).Select(one => one.ToString())]) : failure;
    }

    /// <summary>Kinds of providers are known by the label that clusterctl gives them, or by the one it goes by when it does.</summary>
    private static async Task<Outcome<IReadOnlyList<MovedObject>, MoveFailure>> DiscoverAsync(MoveApi from, string inNamespace, CancellationToken cancellation)
    {
        if (!(await from.ListAsync("apis/apiextensions.k8s.io/v1/customresourcedefinitions", cancellation)).TryGet(out var definitions, out var failure)) return failure;
        var kinds = definitions
            .Where(definition => definition.TextAt("spec", "scope") == "Namespaced")
            .Where(definition => definition.Labels().ContainsKey("clusterctl.cluster.x-k8s.io") || definition.Labels().ContainsKey("cluster.x-k8s.io/provider"))
            .Select(KindOf);
        var found = new List<MovedObject>();
        foreach (var kind in kinds.Append(MovedKind.Secrets).Append(MovedKind.ConfigMaps))
        {
            if (!(await from.ListAsync(kind.Path(inNamespace), cancellation)).TryGet(out var documents, out failure)) return failure;
            found.AddRange(documents.Select(document => new MovedObject(kind, document)));
        }

        return Outcome<IReadOnlyList<MovedObject>, MoveFailure>.Of(MoveGraph.Select(found));
    }

    private static MovedKind KindOf(JsonObject definition)
    {
        var stored = definition.ItemsAt("spec", "versions").First(version => version.FlagAt("storage")).TextAt("name");
        return new MovedKind($"{definition.TextAt("spec", "group")}/{stored}", definition.TextAt("spec", "names", "kind")!, definition.TextAt("spec", "names", "plural")!, definition.Labels());
    }

    private static MoveFailure? Unready(IReadOnlyList<MovedObject> moved)
    {
        foreach (var one in moved)
        {
            var status = one.Document["status"];
            if (one.IsCluster && one.Document.FlagAt("spec", "paused")) return new MoveFailure(MoveError.AlreadyPaused, $"{one} is paused.");
            if (one.IsCluster && !status.FlagAt("initialization", "infrastructureProvisioned")) return new MoveFailure(MoveError.NotReady, $"The infrastructure of {one} is not provisioned.");
            if (one.IsCluster && !status.FlagAt("initialization", "controlPlaneInitialized")) return new MoveFailure(MoveError.NotReady, $"The control plane of {one} is not initialized.");
            if (one.Kind.Is("cluster.x-k8s.io", "Machine") && status.TextAt("nodeRef", "name") is null) return new MoveFailure(MoveError.NotReady, $"{one} has no node.");
        }

        return null;
    }

    private static async Task<MoveFailure?> PauseAsync(MoveApi api, List<MovedObject> clusters, string inNamespace, bool paused, CancellationToken cancellation)
    {
        foreach (var cluster in clusters)
        {
            var body = new JsonObject { ["spec"] = new JsonObject { ["paused"] = paused ? true : null } };
            if (await api.PatchAsync(cluster.Kind.Path(inNamespace, cluster.Name), body, MergePatch, cancellation) is { } failure) return failure;
        }

        return null;
    }

    private async Task<MoveFailure?> WaitUntilFreeAsync(MoveApi from, IReadOnlyList<MovedObject> moved, string inNamespace, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        foreach (var one in moved)
        {
            while (true)
            {
                if (!(await from.FindAsync(one.Kind.Path(inNamespace, one.Name), cancellation)).TryGet(out var now, out var failure)) return failure;
                if (now.At("metadata", "annotations", BlockAnnotation) is null) break;
                if (clock.GetElapsedTime(began) > Patience) return new MoveFailure(MoveError.Blocked, $"{one} does not let itself be moved; its Cluster stays paused.");
                await Task.Delay(s_glance, clock, cancellation);
            }
        }

        return null;
    }

    /// <summary>As it is now and not as it was found: controllers may have finished a sentence since they were paused.</summary>
    private static async Task<MoveFailure?> CopyAsync(
        MoveApi from, MoveApi to, MovedObject one, string inNamespace, Dictionary<string, string> uids, CancellationToken cancellation)
    {
        if (!(await from.FindAsync(one.Kind.Path(inNamespace, one.Name), cancellation)).TryGet(out var copy, out var failure)) return failure;
        if (copy is null) return null;
        copy.Remove("status");
        foreach (var field in s_ofTheServer) copy.Child("metadata").Remove(field);
        var owners = copy.ItemsAt("metadata", "ownerReferences").OfType<JsonObject>().Where(owner => uids.ContainsKey(owner.TextAt("uid") ?? "")).Select(owner => owner.Copy()).ToList();
        foreach (var owner in owners) owner["uid"] = uids[owner.TextAt("uid")!];
        copy.Child("metadata")["ownerReferences"] = new JsonArray([.. owners]);
        copy.DropEmptyMetadata();
        copy["apiVersion"] = one.Kind.ApiVersion;
        copy["kind"] = one.Kind.Kind;

        if (!(await to.EnsureAsync(one.Kind.Path(inNamespace), copy, cancellation)).TryGet(out var made, out failure)) return failure;
        uids[one.Uid] = made!.Uid();
        return null;
    }

    /// <summary>All its annotations give way to the one that says why, and no finalizer is waited for.</summary>
    private static async Task<MoveFailure?> TearOffAsync(MoveApi from, MovedObject one, string inNamespace, CancellationToken cancellation)
    {
        var path = one.Kind.Path(inNamespace, one.Name);
        var marked = new JsonArray(new JsonObject { ["op"] = "add", ["path"] = "/metadata/annotations", ["value"] = new JsonObject { [DeleteAnnotation] = "" } });
        return await from.PatchAsync(path, marked, JsonPatch, cancellation)
            ?? await from.DeleteAsync(path, cancellation)
            ?? await from.PatchAsync(path, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, MergePatch, cancellation);
    }
}
