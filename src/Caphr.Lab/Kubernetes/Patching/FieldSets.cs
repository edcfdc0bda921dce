using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Schema;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>Sets of field paths: read out of documents, and to and from the <c>fieldsV1</c> of a managedFields entry.</summary>
internal static class FieldSets
{
    private static readonly SchemaNode s_metadata = new()
    {
        PreserveUnknown = true,
        Properties = new Dictionary<string, SchemaNode>
        {
            ["ownerReferences"] = new() { ListType = "map", ListMapKeys = ["uid"] },
            ["finalizers"] = new() { ListType = "set" },
        },
    };

    private static readonly SchemaNode s_builtIn = new()
    {
        PreserveUnknown = true,
        Properties = new Dictionary<string, SchemaNode>
        {
            ["status"] = new()
            {
                PreserveUnknown = true,
                Properties = new Dictionary<string, SchemaNode> { ["conditions"] = new() { ListType = "map", ListMapKeys = ["type"] } },
            },
        },
    };

    private static readonly HashSet<string> s_nobodys = new(StringComparer.Ordinal)
    {
        "name", "namespace", "uid", "creationTimestamp", "resourceVersion", "generation", "managedFields", "selfLink", "generateName",
        "deletionTimestamp", "deletionGracePeriodSeconds",
    };

    // Every write asks for it, and it is as large as the schema.
    private static readonly ConditionalWeakTable<SchemaNode, SchemaNode> s_withMetadata = [];

    public static SchemaNode SchemaOf(ResourceType type) => s_withMetadata.GetValue(
        type.Schema ?? s_builtIn, static root => root with { Properties = new Dictionary<string, SchemaNode>(root.Properties) { ["metadata"] = s_metadata } });

    /// <summary>Every field of the document that someone can own through this subresource.</summary>
    public static HashSet<FieldPath> Of(ResourceType type, JsonObject document, Subresource subresource)
    {
        var found = new HashSet<FieldPath>();
        foreach (var (path, schema, value) in Roots(type, document, subresource)) Collect(value, schema, path, found);
        return found;
    }

    /// <summary>What can be owned through this subresource, in the largest pieces.</summary>
    public static IEnumerable<(FieldPath Path, SchemaNode? Schema, JsonNode? Value)> Roots(ResourceType type, JsonObject document, Subresource subresource)
    {
        var schema = SchemaOf(type);
        foreach (var (name, value) in document)
        {
            if (name is "apiVersion" or "kind" || (type.HasStatus && (name == "status") != (subresource == Subresource.Status))) continue;
            var path = FieldPath.Root.Member(name);
            if (name != "metadata")
            {
                yield return (path, schema.Property(name), value);
                continue;
            }

            foreach (var (field, metadata) in value.MembersAt())
            {
                if (!s_nobodys.Contains(field)) yield return (path.Member(field), s_metadata.Property(field), metadata);
            }
        }
    }

    public static JsonObject Write(IEnumerable<FieldPath> paths)
    {
        var root = new JsonObject();
        foreach (var path in paths.OrderBy(path => path.Text, StringComparer.Ordinal))
        {
            var at = root;
            foreach (var step in path.Steps) at = at.Child(step);
            at["."] = new JsonObject();
        }

        DropLoneDots(root);
        return root;
    }

    public static HashSet<FieldPath> Read(JsonObject fields)
    {
        var found = new HashSet<FieldPath>();
        Read(fields, FieldPath.Root, found);
        return found;
    }

    /// <summary>Whether these <c>fieldsV1</c> hold the path.</summary>
    public static bool Has(JsonObject fields, FieldPath path)
    {
        var at = fields;
        foreach (var step in path.Steps)
        {
            if (at[step] is not JsonObject inner) return false;
            at = inner;
        }

        return at.Count == 0 || at.ContainsKey(".");
    }

    private static void Read(JsonObject fields, FieldPath path, HashSet<FieldPath> found)
    {
        if (fields.Count == 0) found.Add(path);
        foreach (var (step, inner) in fields)
        {
            if (step == ".") found.Add(path);
            else if (inner is JsonObject children) Read(children, path.Then(step), found);
        }
    }

    /// <summary>A leaf is written as an empty object; only a node with children needs the dot to say that it is itself owned.</summary>
    private static void DropLoneDots(JsonObject node)
    {
        if (node.Count == 1) node.Remove(".");
        foreach (var (step, child) in node)
        {
            if (step != "." && child is JsonObject inner) DropLoneDots(inner);
        }
    }

    public static void Collect(JsonNode? value, SchemaNode? schema, FieldPath path, HashSet<FieldPath> found)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members when schema?.AtomicMap is not true:
                foreach (var (name, member) in members) Collect(member, schema?.Property(name), path.Member(name), found);
                break;
            case JsonArray { Count: > 0 } items when schema?.ListType == "map":
                foreach (var item in items.OfType<JsonObject>())
                {
                    var at = path.Item(Keys(item, schema));
                    found.Add(at);
                    Collect(item, schema.Items, at, found);
                }

                break;
            case JsonArray { Count: > 0 } items when schema?.ListType == "set":
                foreach (var item in items) found.Add(path.Value(item));
                break;
            default:
                found.Add(path);
                break;
        }
    }

    public static JsonObject Keys(JsonObject item, SchemaNode schema) =>
        new(schema.ListMapKeys.Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, item[key]?.DeepClone())));
}
