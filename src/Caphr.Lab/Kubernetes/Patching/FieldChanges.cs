using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Schema;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>What a write did to the fields of a document. What is alike in both is not taken apart: a document is large, and what a write changes in it is small.</summary>
internal sealed class FieldChanges
{
    private readonly JsonObject _before;
    private readonly JsonObject _after;

    public FieldChanges(ResourceType type, JsonObject before, JsonObject after, Subresource subresource)
    {
        (_before, _after) = (before, after);
        var left = FieldSets.Roots(type, before, subresource).ToDictionary(root => root.Path, root => root.Value);
        foreach (var (path, schema, value) in FieldSets.Roots(type, after, subresource))
        {
            if (left.Remove(path, out var old)) Compare(old, value, schema, path);
            else Add(value, schema, path);
        }

        foreach (var (path, schema, value) in FieldSets.Roots(type, before, subresource).Where(root => left.ContainsKey(root.Path))) FieldSets.Collect(value, schema, path, Gone);
    }

    /// <summary>They were there, and nobody can own them any more.</summary>
    public HashSet<FieldPath> Gone { get; } = [];

    /// <summary>They are there, and were not, or say something else.</summary>
    public HashSet<FieldPath> Changed { get; } = [];

    public bool IsNothing => Gone.Count == 0 && Changed.Count == 0;

    public static bool Differs(FieldPath path, JsonObject one, JsonObject other)
    {
        var (inOne, inOther) = (path.TryFind(one, out var x), path.TryFind(other, out var y));
        // The item of a list with keys is owned as such; what differs inside it is a matter of its fields.
        if (inOne && inOther && path.IsItem) return false;
        return inOne != inOther || !Json.Same(x, y);
    }

    private void Compare(JsonNode? before, JsonNode? after, SchemaNode? schema, FieldPath path)
    {
        if (Json.Same(before, after)) return;
        switch (before, after)
        {
            case (JsonObject { Count: > 0 } old, JsonObject { Count: > 0 } members) when schema?.AtomicMap is not true:
                CompareMembers(old, members, schema, path);
                break;
            case (JsonArray { Count: > 0 } old, JsonArray { Count: > 0 } items) when schema?.ListType == "map":
                CompareItems(old, items, schema, path);
                break;
            default:
                CompareFields(before, after, schema, path);
                break;
        }
    }

    private void CompareMembers(JsonObject before, JsonObject after, SchemaNode? schema, FieldPath path)
    {
        foreach (var (name, member) in after)
        {
            if (before.TryGetPropertyValue(name, out var was)) Compare(was, member, schema?.Property(name), path.Member(name));
            else Add(member, schema?.Property(name), path.Member(name));
        }

        foreach (var (name, was) in before)
        {
            if (!after.ContainsKey(name)) FieldSets.Collect(was, schema?.Property(name), path.Member(name), Gone);
        }
    }

    private void CompareItems(JsonArray before, JsonArray after, SchemaNode schema, FieldPath path)
    {
        var left = new Dictionary<FieldPath, JsonObject>();
        foreach (var was in before.OfType<JsonObject>()) left.TryAdd(path.Item(FieldSets.Keys(was, schema)), was);
        foreach (var item in after.OfType<JsonObject>())
        {
            var at = path.Item(FieldSets.Keys(item, schema));
            if (left.Remove(at, out var was))
            {
                Compare(was, item, schema.Items, at);
                continue;
            }

            Changed.Add(at);
            Add(item, schema.Items, at);
        }

        foreach (var (at, was) in left)
        {
            Gone.Add(at);
            FieldSets.Collect(was, schema.Items, at, Gone);
        }
    }

    private void CompareFields(JsonNode? before, JsonNode? after, SchemaNode? schema, FieldPath path)
    {
        var held = new HashSet<FieldPath>();
        FieldSets.Collect(after, schema, path, held);
        var had = new HashSet<FieldPath>();
        FieldSets.Collect(before, schema, path, had);
        Gone.UnionWith(had.Except(held));
        Changed.UnionWith(held.Where(field => Differs(field, _before, _after)));
    }

    private void Add(JsonNode? value, SchemaNode? schema, FieldPath path) => FieldSets.Collect(value, schema, path, Changed);
}
