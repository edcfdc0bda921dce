using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>JSON Merge Patch (RFC 7386): null removes, objects merge, everything else replaces.</summary>
internal static class MergePatch
{
    /// <summary>In place: the target is the caller's own.</summary>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, change) in patch)
        {
            if (change is null) target.Remove(name);
            else if (change is not JsonObject changes) target[name] = change.DeepClone();
            else if (target[name] is JsonObject present) Apply(present, changes);
            else target[name] = Apply([], changes);
        }

        return target;
    }
}
