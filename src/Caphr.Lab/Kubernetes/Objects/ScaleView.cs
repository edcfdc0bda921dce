using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>A custom resource seen as <c>autoscaling/v1 Scale</c>: how many there are and how many there should be. Only the latter can be written.</summary>
internal static class ScaleView
{
    public const string Group = "autoscaling";
    public const string Version = "v1";
    public const string Kind = "Scale";

    private static readonly string[] s_shownMetadata = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"];

    public static JsonObject Show(ScalePaths paths, JsonObject document)
    {
        var metadata = new JsonObject();
        foreach (var field in s_shownMetadata)
        {
            if (document.At("metadata", field) is { } value) metadata[field] = value.DeepClone();
        }

        var spec = new JsonObject();
        if (document.NumberAt([.. paths.SpecReplicas]) is { } wanted) spec["replicas"] = wanted;
        var status = new JsonObject { ["replicas"] = document.NumberAt([.. paths.StatusReplicas]) ?? 0 };
        if (paths.Selector is { } selector && document.TextAt([.. selector]) is { Length: > 0 } text) status["selector"] = text;
        return new JsonObject { ["kind"] = Kind, ["apiVersion"] = $"{Group}/{Version}", ["metadata"] = metadata, ["spec"] = spec, ["status"] = status };
    }

    /// <summary>The document with the number of replicas that the scale asks for, at the version that the scale was read from.</summary>
    public static Outcome<JsonObject, Refusal> Write(ResourceType type, ScalePaths paths, JsonObject document, JsonObject scale)
    {
        if (scale.TextAt("kind") is not Kind) return Refusal.BadRequest($"the kind in the data ({scale.TextAt("kind")}) does not match the expected kind ({Kind})");
        var replicas = scale.NumberAt("spec", "replicas") ?? 0;
        if (replicas < 0) return Refusal.Invalid(type, document.Name(), [FieldProblem.Invalid("spec.replicas", replicas, "should be a non-negative integer")]);
        var parent = document;
        foreach (var step in paths.SpecReplicas.SkipLast(1)) parent = parent.Child(step);
        // As it would come off the wire: a number that was made here can be read as nothing but what it was made of.
        parent[paths.SpecReplicas[^1]] = JsonNode.Parse(replicas.ToString(CultureInfo.InvariantCulture));
        if (scale.ResourceVersion() is { } version) document.Child("metadata")["resourceVersion"] = version;
        return document;
    }
}
