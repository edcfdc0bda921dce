using System.Text;
using System.Text.Json.Nodes;

namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>Every field of every definition as one page of Markdown, for those who have no cluster to ask with <c>kubectl explain</c>.</summary>
public static class CrdPage
{
    public static string Write(IReadOnlyList<JsonObject> definitions)
    {
        var page = new StringBuilder("""
            # Every field of every kind

            Made from src/Caphr.Protocols/Kubernetes/Resources by `make crds`; a test compares the two. In a cluster, `kubectl explain
            hetznerrobothosts.spec` says the same. What is called immutable can be set once.

            `deploy/policies` adds one rule that definitions cannot state: `spec.template.spec` of a template does not change, except in a dry run
            of the topology controller.

            """.ReplaceLineEndings("\n"));
        foreach (var definition in definitions) WriteKind(page, definition);
        return page.ToString();
    }

    private static void WriteKind(StringBuilder page, JsonObject definition)
    {
        var names = definition["spec"]!["names"]!;
        var schema = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();
        page.Append($"\n## {names["kind"]}\n\n{schema["description"]}\n\nShort name: `{names["shortNames"]![0]}`.\n\n");
        page.Append("| field | type | default | rules | meaning |\n|---|---|---|---|---|\n");
        var required = Required(schema);
        foreach (var (name, field) in schema["properties"]!.AsObject())
        {
            if (name is "spec" or "status") WriteField(page, name, field!.AsObject(), required.Contains(name));
        }
    }

    private static void WriteField(StringBuilder page, string path, JsonObject schema, bool required)
    {
        // The fields are those of the kind that is made from the template; the page says them once.
        var shared = path == "spec.template.spec";
        var type = TypeOf(schema) + (required ? ", required" : "");
        page.Append($"| `{path}` | {type} | {(schema["default"] is { } value ? $"`{value}`" : "")} | {Cell(string.Join("; ", RulesOf(schema)))} | {Cell((string?)schema["description"] ?? "")}");
        page.Append(shared ? " The fields are those of `spec` of that kind, without its rules about changes. |\n" : " |\n");
        if (shared) return;

        var inside = schema["items"] as JsonObject ?? schema;
        var below = schema["items"] is null ? path : $"{path}[]";
        var needed = Required(inside);
        foreach (var (name, field) in inside["properties"]?.AsObject() ?? []) WriteField(page, $"{below}.{name}", field!.AsObject(), needed.Contains(name));
    }

    private static string TypeOf(JsonObject schema) => schema switch
    {
        _ when schema["items"] is JsonObject items => $"list of {TypeOf(items)}",
        _ when schema["additionalProperties"] is JsonObject values => $"map of {TypeOf(values)}",
        _ when (string?)schema["format"] == "date-time" => "time",
        _ => (string)schema["type"]!,
    };

    private static IEnumerable<string> RulesOf(JsonObject schema)
    {
        if (schema["enum"] is JsonArray values) yield return $"one of {string.Join(", ", values.Select(value => $"`{value}`"))}";
        if (Between(schema, "minimum", "maximum") is { } range) yield return range;
        if (Between(schema, "minLength", "maxLength") is { } length) yield return $"{length} characters";
        if (Between(schema, "minItems", "maxItems") is { } items) yield return $"{items} items";
        if (Between(schema, "minProperties", "maxProperties") is { } entries) yield return $"{entries} entries";
        if (schema["pattern"] is { } pattern) yield return $"like <code>{Encoded(pattern.ToString())}</code>";
        if (schema["x-kubernetes-list-map-keys"] is JsonArray keys) yield return $"no two with the same `{keys[0]}`";
        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? []) yield return (string)rule!["message"]!;
        if ((schema["items"] ?? schema["additionalProperties"]) is not JsonObject each) yield break;
        foreach (var rule in RulesOf(each)) yield return $"each: {rule}";
    }

    private static string? Between(JsonObject schema, string least, string most) => (schema[least], schema[most]) switch
    {
        ({ } from, { } to) => $"{from} to {to}",
        ({ } from, null) => $"at least {from}",
        (null, { } to) => $"at most {to}",
        _ => null,
    };

    private static HashSet<string> Required(JsonObject schema) => [.. (schema["required"]?.AsArray() ?? []).Select(name => (string)name!)];

    /// <summary>As entities, because a pattern is full of what Markdown takes for links, emphasis and the ends of cells.</summary>
    private static string Encoded(string pattern) =>
        string.Concat(pattern.Select(letter => char.IsAsciiLetterOrDigit(letter) ? $"{letter}" : $"&#{(int)letter};"));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
