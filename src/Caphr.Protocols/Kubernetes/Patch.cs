using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes;

/// <summary>A change to one object that says only what is to change. Its text may hold secrets and is never printed.</summary>
public sealed class Patch
{
    private readonly JsonNode _body;

    private Patch(string mediaType, JsonNode body)
    {
        MediaType = mediaType;
        _body = body;
    }

    internal string MediaType { get; }

    /// <summary>Null for the object itself, or <c>status</c>, <c>scale</c>.</summary>
    public string? Subresource { get; private init; }

    /// <summary>Server-side apply: take over fields another manager holds, instead of a conflict.</summary>
    internal bool? Force { get; private init; }

    internal string Verb => Force is null ? "patch" : "apply";

    internal byte[] Body => JsonSerializer.SerializeToUtf8Bytes(_body, KubernetesJson.Options);

    /// <summary>
    /// RFC 7386: null removes, objects merge, lists are replaced. With <paramref name="onlyIfVersion"/> the server answers
    /// <see cref="KubernetesError.Conflict"/> if anybody changed the object since that resourceVersion.
    /// </summary>
    public static Patch Merge(JsonObject body, string? onlyIfVersion = null)
    {
        if (onlyIfVersion is null) return new Patch("application/merge-patch+json", body);
        var guarded = (JsonObject)body.DeepClone();
        var metadata = guarded["metadata"] as JsonObject ?? [];
        guarded["metadata"] = metadata;
        metadata["resourceVersion"] = onlyIfVersion;
        return new Patch("application/merge-patch+json", guarded);
    }

    /// <summary>RFC 6902: a list of operations; a failed <c>test</c> makes the whole patch <see cref="KubernetesError.Invalid"/>.</summary>
    public static Patch Operations(JsonArray operations) => new("application/json-patch+json", operations);

    /// <summary>Server-side apply of the fields that <paramref name="wanted"/> names; those we applied before and no longer name are removed.</summary>
    public static Patch Apply<T>(T wanted, bool force = false)
        where T : KubernetesObject, IKubernetesResource
    {
        var body = KubernetesJson.ToNode(wanted);
        var metadata = body["metadata"]!.AsObject();
        metadata.Remove("resourceVersion");
        metadata.Remove("uid");
        return new Patch("application/apply-patch+yaml", body) { Force = force };
    }

    /// <summary>The same change, addressed to the status subresource.</summary>
    public Patch ToStatus() => new(MediaType, _body) { Subresource = "status", Force = Force };

    public override string ToString() => $"{MediaType}{(Subresource is null ? "" : $" of {Subresource}")}";
}
