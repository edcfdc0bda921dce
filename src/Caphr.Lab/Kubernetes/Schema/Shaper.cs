using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>Brings a document into the shape of its schema: unknown fields are dropped (and named), missing ones get their defaults.</summary>
internal static class Shaper
{
    private static readonly string[] s_objectFields = ["apiVersion", "kind", "metadata"];

    /// <summary>Drops what the schema does not know and returns the paths of what was dropped.</summary>
    public static IReadOnlyList<string> Prune(JsonObject document, SchemaNode schema)
    {
        var dropped = new List<string>();
        PruneObject(document, schema, DocumentPath.Root, isObject: true, dropped);
        return dropped;
    }

    public static void Default(JsonNode? value, SchemaNode schema)
    {
        switch (value)
        {
            case JsonObject members:
                foreach (var (name, property) in schema.Properties)
                {
                    if (property.HasDefault && (!members.ContainsKey(name) || (members[name] is null && !property.Nullable))) members[name] = property.Default?.DeepClone();
                }

                foreach (var (name, member) in members)
                {
                    if (schema.Property(name) is { } property) Default(member, property);
                }

                break;
            case JsonArray items when schema.Items is not null:
                foreach (var item in items) Default(item, schema.Items);
                break;
            default:
                break;
        }
    }

    private static void Prune(JsonNode? value, SchemaNode schema, DocumentPath path, List<string> dropped)
    {
        switch (value)
        {
            case JsonObject members:
                PruneObject(members, schema, path, schema.EmbeddedResource, dropped);
                break;
            case JsonArray items when schema.Items is not null:
                foreach (var (index, item) in items.Index()) Prune(item, schema.Items, path.Item(index), dropped);
                break;
            default:
                break;
        }
    }

    private static void PruneObject(JsonObject members, SchemaNode schema, DocumentPath path, bool isObject, List<string> dropped)
    {
        foreach (var name in members.Select(member => member.Key).ToList())
        {
            if (isObject && s_objectFields.Contains(name)) continue;
            if (schema.Property(name) is { } property)
            {
                // Null means "not set" where it is no value of its own; a default takes the place by and by.
                if (members[name] is null && !property.Nullable && !property.HasDefault && property.Type.Length > 0) members.Remove(name);
                else Prune(members[name], property, path.Member(name), dropped);
            }
            else if (!schema.PreserveUnknown)
            {
                members.Remove(name);
                dropped.Add($"{path.Member(name)}");
            }
        }
    }
}
