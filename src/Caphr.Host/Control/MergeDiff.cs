using System.Text.Json.Nodes;

namespace Caphr.Host.Control;

/// <summary>The smallest merge patch (RFC 7386) that leads from one object to another.</summary>
internal static class MergeDiff
{
    /// <returns>Null when there is nothing to change.</returns>
    public static JsonObject? Of(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (key, wanted) in to)
        {
            from.TryGetPropertyValue(key, out var present);
            if (JsonNode.DeepEquals(present, wanted)) continue;
            if (present is JsonObject inner && wanted is JsonObject outer)
            {
                if (Of(inner, outer) is { } nested) patch[key] = nested;
            }
            else
            {
                patch[key] = wanted?.DeepClone();
            }
        }

        foreach (var (key, _) in from.Where(pair => pair.Value is not null && !to.ContainsKey(pair.Key))) patch[key] = null;
        return patch.Count == 0 ? null : patch;
    }
}
