using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>Reads <c>openAPIV3Schema</c>. A keyword it does not know is a problem: a schema half understood would accept what a real server refuses.</summary>
internal static class SchemaReader
{
    private static readonly HashSet<string> s_known = new(StringComparer.Ordinal)
    {
        "type", "description", "title", "example", "externalDocs", "nullable", "properties", "additionalProperties", "items", "required", "default", "enum",
        "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems",
        "uniqueItems", "minProperties", "maxProperties", "allOf", "anyOf", "oneOf", "not", "x-kubernetes-int-or-string", "x-kubernetes-validations",
        "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
    };

    private static readonly HashSet<string> s_types = new(StringComparer.Ordinal) { "object", "array", "string", "integer", "number", "boolean" };

    // Whoever simulates starts thousands of API servers in one process, all with the same few patterns.
    private static readonly ConcurrentDictionary<string, Regex> s_patterns = new(StringComparer.Ordinal);

    public static SchemaNode Read(JsonObject source, string path, List<FieldProblem> problems)
    {
        if (source.TextAt("type") is not "object") problems.Add(FieldProblem.Invalid($"{path}.type", source["type"], "must be object at the root"));
        return Node(source, path, problems, structural: true, uncorrelatable: false);
    }

    // Structural: false inside allOf, anyOf, oneOf and not, where types may be left out.
    // Uncorrelatable: inside a list without keys there is no telling which old item a new one was, so rules about the change are refused.
    private static SchemaNode Node(JsonObject source, string path, List<FieldProblem> problems, bool structural, bool uncorrelatable)
    {
        foreach (var (keyword, _) in source)
        {
            if (!s_known.Contains(keyword)) problems.Add(FieldProblem.Forbidden($"{path}.{keyword}", "this server does not support the keyword"));
        }

        var intOrString = source.FlagAt("x-kubernetes-int-or-string");
        var preserve = source.FlagAt("x-kubernetes-preserve-unknown-fields");
        var type = source.TextAt("type") ?? "";
        if (type.Length == 0 ? structural && !intOrString && !preserve : !s_types.Contains(type))
        {
            problems.Add(type.Length == 0
                ? FieldProblem.Required($"{path}.type", "must not be empty for specified object fields")
                : FieldProblem.Unsupported($"{path}.type", type, [.. s_types.Select(known => (JsonNode)known)]));
        }

        var listType = source.TextAt("x-kubernetes-list-type") ?? "atomic";
        var listKeys = source.ItemsAt("x-kubernetes-list-map-keys").Select(key => key.AsText()).OfType<string>().ToList();
        if (listType == "map" && listKeys.Count == 0) problems.Add(FieldProblem.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));

        var node = new SchemaNode
        {
            Type = type,
            Nullable = source.FlagAt("nullable"),
            IntOrString = intOrString,
            PreserveUnknown = preserve,
            EmbeddedResource = source.FlagAt("x-kubernetes-embedded-resource"),
            Properties = source.MembersAt("properties").ToDictionary(
                property => property.Key,
                property => Child(property.Value, $"{path}.properties[{property.Key}]", problems, structural, uncorrelatable),
                StringComparer.Ordinal),
            AdditionalProperties = source["additionalProperties"] is JsonObject or JsonValue
                ? Child(source["additionalProperties"], $"{path}.additionalProperties", problems, structural, uncorrelatable)
                : null,
            Items = source["items"] is { } items ? Child(items, $"{path}.items", problems, structural, uncorrelatable || listType != "map") : null,
            Required = [.. source.ItemsAt("required").Select(name => name.AsText()).OfType<string>()],
            HasDefault = source.ContainsKey("default"),
            Default = source["default"]?.DeepClone(),
            Enum = source["enum"] is JsonArray values ? [.. values.Select(value => value?.DeepClone())] : null,
            Minimum = Number(source, "minimum"),
            ExclusiveMinimum = source.FlagAt("exclusiveMinimum"),
            Maximum = Number(source, "maximum"),
            ExclusiveMaximum = source.FlagAt("exclusiveMaximum"),
            MultipleOf = Number(source, "multipleOf"),
            MinLength = Count(source, "minLength"),
            MaxLength = Count(source, "maxLength"),
            Pattern = Pattern(source, path, problems),
            PatternText = source.TextAt("pattern") ?? "",
            Format = source.TextAt("format") ?? "",
            MinItems = Count(source, "minItems"),
            MaxItems = Count(source, "maxItems"),
            UniqueItems = source.FlagAt("uniqueItems"),
            MinProperties = Count(source, "minProperties"),
            MaxProperties = Count(source, "maxProperties"),
            ListType = listType,
            ListMapKeys = listKeys,
            AtomicMap = source.TextAt("x-kubernetes-map-type") is "atomic",
            AllOf = Branches(source, "allOf", path, problems),
            AnyOf = Branches(source, "anyOf", path, problems),
            OneOf = Branches(source, "oneOf", path, problems),
            Not = source["not"] is JsonObject not ? Node(not, $"{path}.not", problems, structural: false, uncorrelatable: true) : null,
        };
        return node with { Rules = Rules(source, node, path, problems, uncorrelatable) };
    }

    private static SchemaNode Child(JsonNode? source, string path, List<FieldProblem> problems, bool structural, bool uncorrelatable)
    {
        switch (source)
        {
            case JsonObject schema:
                return Node(schema, path, problems, structural, uncorrelatable);
            case JsonValue flag when flag.GetValueKind() is JsonValueKind.True && path.EndsWith("additionalProperties", StringComparison.Ordinal):
                return new SchemaNode { PreserveUnknown = true };
            default:
                problems.Add(FieldProblem.Forbidden(path, "must be a schema"));
                return new SchemaNode();
        }
    }

    private static List<ValidationRule> Rules(JsonObject source, SchemaNode node, string path, List<FieldProblem> problems, bool uncorrelatable)
    {
        var rules = new List<ValidationRule>();
        foreach (var (index, entry) in source.ItemsAt("x-kubernetes-validations").Index())
        {
            var at = $"{path}.x-kubernetes-validations[{index}]";
            if (entry is not JsonObject rule || ValidationRule.Read(rule, node, at, problems) is not { } read) continue;
            if (read.IsTransition && uncorrelatable)
            {
                problems.Add(FieldProblem.Invalid($"{at}.rule", read.Text, "oldSelf cannot be used on the uncorrelatable portion of the schema"));
            }

            rules.Add(read);
        }

        return rules;
    }

    private static List<SchemaNode> Branches(JsonObject source, string keyword, string path, List<FieldProblem> problems) =>
    [
        .. source.ItemsAt(keyword).OfType<JsonObject>().Select((branch, index) =>
            Node(branch, $"{path}.{keyword}[{index}]", problems, structural: false, uncorrelatable: true)),
    ];

    private static Regex? Pattern(JsonObject source, string path, List<FieldProblem> problems)
    {
        if (source.TextAt("pattern") is not { } pattern) return null;
        try
        {
            // Without backtracking, which is also what the real server's engine cannot do.
            return s_patterns.GetOrAdd(pattern, static text => new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            problems.Add(FieldProblem.Invalid($"{path}.pattern", pattern, $"must be a valid regular expression: {refused.Message}"));
            return null;
        }
    }

    private static double? Number(JsonObject source, string keyword) =>
        source[keyword] is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    private static int? Count(JsonObject source, string keyword) =>
        source[keyword] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
