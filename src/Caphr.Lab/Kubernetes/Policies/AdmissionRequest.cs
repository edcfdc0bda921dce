using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Policies;

/// <summary>One write, as policies see it. <paramref name="Object"/> is missing when something is deleted, <paramref name="OldObject"/> when it is created.</summary>
internal sealed record AdmissionRequest(string Operation, ResourceType Type, Subresource Subresource, JsonObject? Object, JsonObject? OldObject, bool DryRun)
{
    public string Name => (Object ?? OldObject)?.Name() ?? "";

    public string Namespace => (Object ?? OldObject)?.Namespace() ?? "";

    public string SubresourceName => Subresource == Subresource.Status ? "status" : "";

    /// <summary>What expressions find under <c>request</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["kind"] = new JsonObject { ["group"] = Type.Group, ["version"] = Type.Version, ["kind"] = Type.Kind },
        ["resource"] = new JsonObject { ["group"] = Type.Group, ["version"] = Type.Version, ["resource"] = Type.Plural },
        ["subResource"] = SubresourceName,
        ["name"] = Name,
        ["namespace"] = Namespace,
        ["operation"] = Operation,
        // Nobody logs in to this server, so everybody is its administrator.
        ["userInfo"] = new JsonObject { ["username"] = "lab", ["groups"] = new JsonArray("system:masters", "system:authenticated") },
        ["dryRun"] = DryRun,
    };
}
