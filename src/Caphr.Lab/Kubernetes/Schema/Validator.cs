using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>Holds a document against its structural schema, in the words a Kubernetes API server uses.</summary>
internal sealed class Validator
{
    private readonly List<FieldProblem> _problems = [];

    private Validator() { }

    public static IReadOnlyList<FieldProblem> Validate(JsonObject document, SchemaNode schema)
    {
        var validator = new Validator();
        validator.Visit(document, schema, DocumentPath.Root);
        return validator._problems;
    }

    private static bool Accepts(JsonNode? value, SchemaNode schema, DocumentPath path)
    {
        var validator = new Validator();
        validator.Visit(value, schema, path);
        return validator._problems.Count == 0;
    }

    private void Visit(JsonNode? value, SchemaNode schema, DocumentPath path)
    {
        if (value is null && schema.Nullable) return;
        if (!HasType(value, schema))
        {
            var wanted = schema.IntOrString ? "integer,string" : schema.Type;
            _problems.Add(FieldProblem.TypeInvalid($"{path}", Word(value), $"{path} in body must be of type {wanted}: {Word(value).ToText()}"));
            return;
        }

        if (schema.Enum is { } allowed && !allowed.Any(option => Json.Same(option, value))) _problems.Add(FieldProblem.Unsupported($"{path}", value, allowed));
        switch (value)
        {
            case JsonObject members:
                VisitObject(members, schema, path);
                break;
            case JsonArray items:
                VisitArray(items, schema, path);
                break;
            case JsonValue scalar when scalar.GetValueKind() is JsonValueKind.String:
                VisitText(scalar.GetValue<string>(), schema, path);
                break;
            case JsonValue scalar when scalar.GetValueKind() is JsonValueKind.Number:
                VisitNumber(scalar, schema, path);
                break;
            default:
                break;
        }

        VisitBranches(value, schema, path);
    }

    private void VisitObject(JsonObject members, SchemaNode schema, DocumentPath path)
    {
        foreach (var name in schema.Required)
        {
            if (!members.ContainsKey(name)) _problems.Add(FieldProblem.Required($"{path.Member(name)}"));
        }

        if (schema.MinProperties is { } least && members.Count < least) Complain(path, members, $"should have at least {least} properties");
        if (schema.MaxProperties is { } most && members.Count > most) _problems.Add(FieldProblem.TooMany($"{path}", members.Count, most));
        foreach (var (name, member) in members)
        {
            if (schema.Property(name) is { } property) Visit(member, property, path.Member(name));
        }
    }

    private void VisitArray(JsonArray items, SchemaNode schema, DocumentPath path)
    {
        if (schema.MinItems is { } least && items.Count < least) Complain(path, items.Count, $"should have at least {least} items");
        if (schema.MaxItems is { } most && items.Count > most) _problems.Add(FieldProblem.TooMany($"{path}", items.Count, most));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in items.Index())
        {
            var at = path.Item(index);
            if (Identity(item, schema) is { } identity && !seen.Add(identity.ToText())) _problems.Add(FieldProblem.Duplicate($"{at}", identity));
            if (schema.Items is not null) Visit(item, schema.Items, at);
        }
    }

    private void VisitText(string text, SchemaNode schema, DocumentPath path)
    {
        if (schema.MinLength is { } least && Length(text) < least) Complain(path, text, $"should be at least {least} chars long");
        if (schema.MaxLength is { } most && Length(text) > most) _problems.Add(FieldProblem.TooLong($"{path}", most));
        if (schema.Pattern is { } pattern && !pattern.IsMatch(text)) Complain(path, text, $"should match '{schema.PatternText}'");
        if (!Formats.Accepts(schema.Format, text))
        {
            _problems.Add(FieldProblem.TypeInvalid($"{path}", text, $"{path} in body must be of type {schema.Format}: {((JsonNode)text).ToText()}"));
        }
    }

    private void VisitNumber(JsonValue value, SchemaNode schema, DocumentPath path)
    {
        var number = value.GetValue<double>();
        if (schema.Minimum is { } least && (number < least || (schema.ExclusiveMinimum && number == least)))
        {
            Complain(path, value, schema.ExclusiveMinimum ? $"should be greater than {Plain(least)}" : $"should be greater than or equal to {Plain(least)}");
        }

        if (schema.Maximum is { } most && (number > most || (schema.ExclusiveMaximum && number == most)))
        {
            Complain(path, value, schema.ExclusiveMaximum ? $"should be less than {Plain(most)}" : $"should be less than or equal to {Plain(most)}");
        }

        if (schema.MultipleOf is { } factor && Math.IEEERemainder(number, factor) != 0) Complain(path, value, $"should be a multiple of {Plain(factor)}");
        if (schema.Format == "int32" && number is < int.MinValue or > int.MaxValue) Complain(path, value, "must be of type int32");
    }

    private void VisitBranches(JsonNode? value, SchemaNode schema, DocumentPath path)
    {
        foreach (var branch in schema.AllOf) Visit(value, branch, path);
        if (schema.AnyOf.Count > 0 && !schema.AnyOf.Any(branch => Accepts(value, branch, path)))
        {
            _problems.Add(FieldProblem.Invalid($"{path}", value, $"{Quoted(path)} must validate at least one schema (anyOf)"));
        }

        if (schema.OneOf.Count > 0 && schema.OneOf.Count(branch => Accepts(value, branch, path)) is not 1 and var accepted)
        {
            var found = accepted == 0 ? "none valid" : $"{accepted} valid alternatives";
            _problems.Add(FieldProblem.Invalid($"{path}", value, $"{Quoted(path)} must validate one and only one schema (oneOf). Found {found}"));
        }

        if (schema.Not is { } not && Accepts(value, not, path)) _problems.Add(FieldProblem.Invalid($"{path}", value, $"{Quoted(path)} must not validate the schema (not)"));
    }

    private static bool HasType(JsonNode? value, SchemaNode schema)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        if (schema.IntOrString) return kind is JsonValueKind.String || IsInteger(value);
        return schema.Type switch
        {
            "object" => kind is JsonValueKind.Object,
            "array" => kind is JsonValueKind.Array,
            "string" => kind is JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "number" => kind is JsonValueKind.Number,
            "integer" => IsInteger(value),
            _ => true,
        };
    }

    private static bool IsInteger(JsonNode? value) =>
        value?.GetValueKind() is JsonValueKind.Number && (value.AsValue().TryGetValue<long>(out _) || double.IsInteger(value.GetValue<double>()));

    /// <summary>What must not occur twice: the item of a set, the keys of an item of a map.</summary>
    private static JsonNode? Identity(JsonNode? item, SchemaNode schema) => schema.ListType switch
    {
        "map" when item is JsonObject members => new JsonObject(schema.ListMapKeys.Select(key => KeyValuePair.Create(key, members[key]?.DeepClone()))),
        "set" => item?.DeepClone(),
        _ => schema.UniqueItems ? item?.DeepClone() : null,
    };

    private void Complain(DocumentPath path, JsonNode? value, string detail) => _problems.Add(FieldProblem.Invalid($"{path}", value, $"{path} in body {detail}"));

    /// <summary>A value of a wrong type is named by its kind when it is not a scalar, so that whole subtrees do not end up in a message.</summary>
    private static JsonNode Word(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ when value.GetValueKind() is JsonValueKind.Number => IsInteger(value) ? "integer" : "number",
        _ when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "string",
    };

    private static string Plain(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(DocumentPath path) => ((JsonNode)path.ToString()).ToText();

    private static int Length(string text) => text.EnumerateRunes().Count();
}
