using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>JSON Merge Patch (RFC 7386): null removes, objects merge, everything else replaces.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var result = target.Copy();
        foreach (var (name, change) in patch)
        {
            if (change is null) result.Remove(name);
            else result[name] = change is JsonObject changes ? Apply(result[name] as JsonObject ?? [], changes) : change.DeepClone();
        }

        return result;
    }
}
