using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>
/// Where a field is, in the notation of <c>managedFields</c>: <c>f:name</c> for a member, <c>k:{…}</c> for the item of a list with keys,
/// <c>v:…</c> for a value in a set.
/// </summary>
internal sealed record FieldPath(string Text)
{
    public static readonly FieldPath Root = new("");

    // A control character that neither a member's name nor JSON text contains.
    private const char Separator = '\u001f';

    public IReadOnlyList<string> Steps => Text.Length == 0 ? [] : Text.Split(Separator);

    /// <summary>It ends at the item of a list with keys.</summary>
    public bool IsItem => Text.AsSpan(Text.LastIndexOf(Separator) + 1).StartsWith("k:");

    public FieldPath Member(string name) => Then($"f:{name}");

    public FieldPath Item(JsonObject keys) => Then($"k:{keys.ToText()}");

    public FieldPath Value(JsonNode? value) => Then($"v:{value.ToText()}");

    public FieldPath Then(string step) => new(Text.Length == 0 ? step : Text + Separator + step);

    public bool IsWithin(FieldPath parent) => Text.StartsWith(parent.Text + Separator, StringComparison.Ordinal);

    /// <summary>The node at this path, and whether there is one.</summary>
    public bool TryFind(JsonNode? root, out JsonNode? found)
    {
        found = root;
        foreach (var step in Steps)
        {
            if (!TryStep(found, step, out found)) return false;
        }

        return true;
    }

    /// <summary>Takes the node out of its parent.</summary>
    public void Remove(JsonObject root)
    {
        var steps = Steps;
        JsonNode? parent = root;
        foreach (var step in steps.SkipLast(1))
        {
            if (!TryStep(parent, step, out parent)) return;
        }

        if (parent is JsonObject members) members.Remove(steps[^1][2..]);
        else if (parent is JsonArray items && Index(items, steps[^1]) is >= 0 and var index) items.RemoveAt(index);
    }

    /// <summary>As conflicts are told to people: <c>.spec.ports[name="http"].port</c>.</summary>
    public override string ToString() => string.Concat(Steps.Select(step => (step[0], step[2..]) switch
    {
        ('f', var name) => $".{name}",
        ('k', var keys) => $"[{string.Join(",", JsonNode.Parse(keys)!.AsObject().Select(key => $"{key.Key}={key.Value.ToText()}"))}]",
        (_, var value) => $"[={value}]",
    }));

    private static bool TryStep(JsonNode? node, string step, out JsonNode? found)
    {
        found = null;
        if (node is JsonObject members && step[0] == 'f')
        {
            if (!members.ContainsKey(step[2..])) return false;
            found = members[step[2..]];
            return true;
        }

        if (node is not JsonArray items || Index(items, step) is not (>= 0 and var index)) return false;
        found = items[index];
        return true;
    }

    private static int Index(JsonArray items, string step)
    {
        var wanted = JsonNode.Parse(step[2..]);
        for (var i = 0; i < items.Count; i++)
        {
            if (step[0] == 'v' ? Json.Same(items[i], wanted) : wanted!.AsObject().All(key => Json.Same(items[i].At(key.Key), key.Value))) return i;
        }

        return -1;
    }
}
