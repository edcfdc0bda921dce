using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Crds;

/// <summary>One rule as a generated schema states it.</summary>
internal sealed record SchemaRule(string Path, string Keyword, string Message)
{
    public bool Is(RuleCase tried) => tried.Path == Path && tried.Rule == Keyword && (Keyword != "rule" || Message.StartsWith(tried.Words, StringComparison.Ordinal));
}

/// <summary>Finds every rule of a definition, so that none can be added without a case.</summary>
internal static class SchemaRules
{
    private static readonly string[] s_keywords =
        ["enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "minProperties", "maxProperties", "multipleOf", "uniqueItems"];

    // Said by the type itself, and checked with it.
    private static readonly string[] s_sizes = ["int32", "int64"];

    public static IEnumerable<SchemaRule> Of(JsonObject definition) => Walk(definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject(), "");

    private static IEnumerable<SchemaRule> Walk(JsonObject schema, string path)
    {
        foreach (var keyword in s_keywords.Where(schema.ContainsKey)) yield return new SchemaRule(path, keyword, "");
        if ((string?)schema["format"] is { } format && !s_sizes.Contains(format)) yield return new SchemaRule(path, "format", "");
        if ((string?)schema["x-kubernetes-list-type"] is "map" or "set") yield return new SchemaRule(path, (string)schema["x-kubernetes-list-type"]!, "");
        foreach (var name in schema["required"]?.AsArray() ?? []) yield return new SchemaRule(Join(path, (string)name!), "required", "");
        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? []) yield return new SchemaRule(path, "rule", (string)rule!["message"]!);

        List<(string Path, JsonObject Schema)> inside = [.. (schema["properties"]?.AsObject() ?? []).Select(property => (Join(path, property.Key), property.Value!.AsObject()))];
        if (schema["items"] is JsonObject items) inside.Add(($"{path}[]", items));
        if (schema["additionalProperties"] is JsonObject values) inside.Add(($"{path}{{}}", values));
        foreach (var rule in inside.SelectMany(child => Walk(child.Schema, child.Path))) yield return rule;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
