using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Cel;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>Asks every CEL rule of a schema about a document that is already valid otherwise.</summary>
internal static class RuleRunner
{
    public static IReadOnlyList<FieldProblem> Run(JsonObject document, JsonObject? before, SchemaNode schema)
    {
        var problems = new List<FieldProblem>();
        Visit(document, before, schema, DocumentPath.Root, problems);
        return problems;
    }

    private static void Visit(JsonNode? value, JsonNode? before, SchemaNode schema, DocumentPath path, List<FieldProblem> problems)
    {
        if (value is null) return;
        foreach (var rule in schema.Rules)
        {
            if (rule.IsTransition && before is null) continue;
            if (Ask(rule, value, before, schema, path) is { } problem) problems.Add(problem);
        }

        switch (value)
        {
            case JsonObject members:
                foreach (var (name, member) in members)
                {
                    if (schema.Property(name) is { } property) Visit(member, before.At(name), property, path.Member(name), problems);
                }

                break;
            case JsonArray items when schema.Items is not null:
                foreach (var (index, item) in items.Index()) Visit(item, Counterpart(item, before, schema), schema.Items, path.Item(index), problems);
                break;
            default:
                break;
        }
    }

    private static FieldProblem? Ask(ValidationRule rule, JsonNode value, JsonNode? before, SchemaNode schema, DocumentPath path)
    {
        var scope = CelScope.Empty.With("self", value).With("oldSelf", before);
        var result = CelEvaluator.Evaluate(rule.Expression, scope);
        if (result.IsTrue) return null;
        var message = result.Error is { } error ? $"rule evaluation error: {error}" : rule.Message;
        if (result.Error is null && rule.MessageExpression is not null && CelEvaluator.Evaluate(rule.MessageExpression, scope).Value.AsText() is { Length: > 0 } built) message = built;
        var at = path.ToString() is { Length: > 0 } text ? text + rule.FieldPath : rule.FieldPath.TrimStart('.');
        JsonNode type = schema.Type;
        return rule.Reason switch
        {
            "FieldValueForbidden" => FieldProblem.Forbidden(at, message),
            "FieldValueRequired" => FieldProblem.Required(at, message),
            "FieldValueDuplicate" => FieldProblem.Duplicate(at, type),
            _ => FieldProblem.Invalid(at, type, message),
        };
    }

    private static JsonNode? Counterpart(JsonNode? item, JsonNode? before, SchemaNode schema) =>
        schema.ListType != "map" || before is not JsonArray old
            ? null
            : old.FirstOrDefault(candidate => schema.ListMapKeys.All(key => Json.Same(candidate.At(key), item.At(key))));
}
