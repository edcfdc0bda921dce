using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>JSON Patch (RFC 6902).</summary>
internal static class JsonPatch
{
    public static Outcome<JsonObject, Refusal> Apply(JsonObject document, JsonArray operations)
    {
        JsonNode root = document.Copy();
        foreach (var operation in operations)
        {
            if (Apply(ref root, operation) is { } complaint) return new Refusal(RefusalReason.Invalid, $"the server rejected our request due to an error in our request: {complaint}");
        }

        return root is JsonObject patched ? patched : Refusal.NotAnObject();
    }

    private static string? Apply(ref JsonNode root, JsonNode? operation)
    {
        var path = operation.TextAt("path");
        if (path is null || Steps(path) is not { } steps) return "a JSON patch operation needs a path that starts with '/'";
        var value = operation.At("value")?.DeepClone();
        switch (operation.TextAt("op"))
        {
            case "test":
                return Find(root, steps, out var tested) && Json.Same(tested, value) ? null : $"testing path {path} failed";
            case "add":
                return Add(ref root, steps, value) ? null : Missing("add", path);
            case "replace":
                if (!Find(root, steps, out _)) return Missing("replace", path);
                if (steps.Length > 0) Remove(root, steps);
                return Add(ref root, steps, value) ? null : Missing("replace", path);
            case "remove":
                return Remove(root, steps) ? null : Missing("remove", path);
            case "move" or "copy" when operation.TextAt("from") is { } from && Steps(from) is { } source:
                if (!Find(root, source, out var moved)) return Missing("from", from);
                var copy = moved?.DeepClone();
                if (operation.TextAt("op") == "move") Remove(root, source);
                return Add(ref root, steps, copy) ? null : Missing("add", path);
            default:
                return $"unexpected kind of operation: {operation.TextAt("op")}";
        }
    }

    private static string Missing(string what, string path) => $"{what} operation does not apply: doc is missing path: {path}";

    private static string[]? Steps(string path)
    {
        if (path.Length == 0) return [];
        return path[0] != '/' ? null : [.. path[1..].Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static bool Find(JsonNode? node, ReadOnlySpan<string> steps, out JsonNode? found)
    {
        found = node;
        foreach (var step in steps)
        {
            switch (found)
            {
                case JsonObject members when members.ContainsKey(step):
                    found = members[step];
                    break;
                case JsonArray items when Index(step, items.Count - 1) is { } index:
                    found = items[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool Add(ref JsonNode root, string[] steps, JsonNode? value)
    {
        if (steps.Length == 0)
        {
            if (value is null) return false;
            root = value;
            return true;
        }

        if (!Find(root, steps.AsSpan(0, steps.Length - 1), out var parent)) return false;
        switch (parent)
        {
            case JsonObject members:
                members[steps[^1]] = value;
                return true;
            case JsonArray items when (steps[^1] == "-" ? items.Count : Index(steps[^1], items.Count)) is { } index:
                items.Insert(index, value);
                return true;
            default:
                return false;
        }
    }

    private static bool Remove(JsonNode root, string[] steps)
    {
        if (steps.Length == 0 || !Find(root, steps.AsSpan(0, steps.Length - 1), out var parent)) return false;
        if (parent is JsonObject members) return members.Remove(steps[^1]);
        if (parent is not JsonArray items || Index(steps[^1], items.Count - 1) is not { } index) return false;
        items.RemoveAt(index);
        return true;
    }

    private static int? Index(string step, int last) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last ? index : null;
}
