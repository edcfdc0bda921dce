using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Printing;

/// <summary>The JSONPath of printer columns: fields, quoted fields, indices, <c>[*]</c> and filters by equality.</summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Step> _steps;

    private JsonPath(IReadOnlyList<Step> steps) => _steps = steps;

    private abstract record Step
    {
        public sealed record Field(string Name) : Step;

        public sealed record Item(int Index) : Step;

        public sealed record Every : Step;

        public sealed record Where(JsonPath Path, bool Equal, string Value) : Step;
    }

    public static JsonPath? Parse(string text)
    {
        var steps = new List<Step>();
        var at = 0;
        if (text.StartsWith('$')) at++;
        if (at == text.Length || text[at] is not ('.' or '[')) return null;
        while (at < text.Length)
        {
            if (text[at] == '.' && (at + 1 == text.Length || text[at + 1] != '['))
            {
                if (Field(text, ref at) is not { } field) return null;
                steps.Add(field);
            }
            else
            {
                if (text[at] == '.') at++;
                if (text[at] != '[' || Closing(text, at) is not (> 0 and var end) || Bracket(text[(at + 1)..end]) is not { } step) return null;
                steps.Add(step);
                at = end + 1;
            }
        }

        return new JsonPath(steps);
    }

    public IReadOnlyList<JsonNode> Find(JsonNode? root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps) found = found.SelectMany(node => Follow(node, step));
        return [.. found.OfType<JsonNode>()];
    }

    private static IEnumerable<JsonNode?> Follow(JsonNode? node, Step step) => step switch
    {
        Step.Field field => [node.At(field.Name)],
        Step.Item item when node is JsonArray items && Position(item.Index, items.Count) is { } index => [items[index]],
        Step.Every => Children(node),
        Step.Where where => Children(node).Where(child => Matches(child, where)),
        _ => [],
    };

    private static int? Position(int index, int count) => (index < 0 ? index + count : index) is var at && at >= 0 && at < count ? at : null;

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonArray items => items,
        JsonObject members => members.Select(member => member.Value),
        _ => [],
    };

    private static bool Matches(JsonNode? child, Step.Where where) =>
        where.Path.Find(child).Any(value => (value.AsText() ?? value.ToJsonString()) == where.Value) == where.Equal;

    private static Step.Field? Field(string text, ref int at)
    {
        var name = new System.Text.StringBuilder();
        at++;
        while (at < text.Length && text[at] is not ('.' or '['))
        {
            // A backslash takes the meaning away from a dot, as in .metadata.labels.cluster\.x-k8s\.io/name.
            if (text[at] == '\\' && at + 1 < text.Length) at++;
            name.Append(text[at++]);
        }

        return name.Length == 0 ? null : new Step.Field(name.ToString());
    }

    private static int Closing(string text, int open)
    {
        char? quote = null;
        for (var i = open; i < text.Length; i++)
        {
            if (quote is not null) quote = text[i] == quote ? null : quote;
            else if (text[i] is '\'' or '"') quote = text[i];
            else if (text[i] == ']') return i;
        }

        return -1;
    }

    private static Step? Bracket(string inner)
    {
        if (inner == "*") return new Step.Every();
        if (int.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)) return new Step.Item(index);
        if (inner is ['\'' or '"', .. var name, '\'' or '"']) return new Step.Field(name);
        if (inner is not ['?', '(', '@', .. var filter, ')']) return null;
        var equal = filter.IndexOf("==", StringComparison.Ordinal);
        var sign = equal >= 0 ? equal : filter.IndexOf("!=", StringComparison.Ordinal);
        if (sign < 0 || Parse(filter[..sign].Trim()) is not { } path) return null;
        return new Step.Where(path, equal >= 0, filter[(sign + 2)..].Trim().Trim('\'', '"'));
    }
}
