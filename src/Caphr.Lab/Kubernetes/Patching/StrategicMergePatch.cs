using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>
/// Strategic merge patch, for built-in kinds only: like a merge patch, but lists with a key merge item by item and directives
/// (<c>$patch</c>, <c>$deleteFromPrimitiveList</c>) say what a merge cannot.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";
    private const string ElementOrder = "$setElementOrder/";
    private const string RetainKeys = "$retainKeys";

    /// <summary>The merge keys of the lists in the kinds this server has, by the name of the field; an empty key merges plain values.</summary>
    private static readonly Dictionary<string, string> s_mergeKeys = new(StringComparer.Ordinal)
    {
        ["ownerReferences"] = "uid",
        ["finalizers"] = "",
        ["conditions"] = "type",
        ["addresses"] = "type",
        ["secrets"] = "name",
        ["imagePullSecrets"] = "name",
        ["ports"] = "port",
        ["podCIDRs"] = "",
    };

    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        if (patch.TextAt(Directive) == "replace") return Without(patch, Directive);
        var result = target.Copy();
        if (patch[RetainKeys] is JsonArray retained) Retain(result, retained);
        foreach (var (name, change) in patch)
        {
            if (name is Directive or RetainKeys || name.StartsWith(ElementOrder, StringComparison.Ordinal)) continue;
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal)) DeleteValues(result, name[DeleteFrom.Length..], change);
            else if (change is null) result.Remove(name);
            else if (change is JsonObject child) MergeChild(result, name, child);
            else if (change is JsonArray items && s_mergeKeys.TryGetValue(name, out var key)) result[name] = MergeList(result[name] as JsonArray ?? [], items, key);
            else result[name] = change.DeepClone();
        }

        return result;
    }

    private static void MergeChild(JsonObject result, string name, JsonObject change)
    {
        if (change.TextAt(Directive) == "delete") result.Remove(name);
        else result[name] = Apply(result[name] as JsonObject ?? [], change);
    }

    private static JsonArray MergeList(JsonArray old, JsonArray changes, string key)
    {
        if (changes.Any(change => change.TextAt(Directive) == "replace")) return [.. changes.Where(change => change.TextAt(Directive) is null).Select(change => change?.DeepClone())];
        var merged = old.Select(item => item?.DeepClone()).ToList();
        foreach (var change in changes)
        {
            var at = merged.FindIndex(item => key.Length == 0 ? Json.Same(item, change) : Json.Same(item.At(key), change.At(key)));
            if (change.TextAt(Directive) == "delete")
            {
                if (at >= 0) merged.RemoveAt(at);
            }
            else if (at < 0)
            {
                merged.Add(change?.DeepClone());
            }
            else if (merged[at] is JsonObject item && change is JsonObject members)
            {
                merged[at] = Apply(item, members);
            }
        }

        return [.. merged];
    }

    private static void DeleteValues(JsonObject result, string name, JsonNode? values)
    {
        if (result[name] is not JsonArray items || values is not JsonArray deleted) return;
        result[name] = new JsonArray([.. items.Where(item => !deleted.Any(value => Json.Same(item, value))).Select(item => item?.DeepClone())]);
    }

    private static void Retain(JsonObject result, JsonArray retained)
    {
        var kept = retained.Select(name => name.AsText()).ToHashSet();
        foreach (var name in result.Select(member => member.Key).Where(name => !kept.Contains(name)).ToList()) result.Remove(name);
    }

    private static JsonObject Without(JsonObject members, string name)
    {
        var copy = members.Copy();
        copy.Remove(name);
        return copy;
    }
}
