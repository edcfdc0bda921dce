using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Cel;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>One entry of <c>x-kubernetes-validations</c>. A rule that this server cannot evaluate is refused with its CRD, never skipped.</summary>
internal sealed record ValidationRule(string Text, CelExpression Expression, string Message, CelExpression? MessageExpression, string Reason, string FieldPath)
{
    private static readonly string[] s_understood = ["rule", "message", "messageExpression", "reason", "fieldPath"];
    private static readonly string[] s_reasons = ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"];

    /// <summary>A rule about the change, which is only asked when there is something to compare with.</summary>
    public bool IsTransition { get; } = CelChecker.Mentions(Expression, "oldSelf");

    public static ValidationRule? Read(JsonObject rule, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        foreach (var (name, _) in rule)
        {
            if (!s_understood.Contains(name)) problems.Add(FieldProblem.Forbidden($"{path}.{name}", "this server does not evaluate it"));
        }

        var reason = rule.TextAt("reason") ?? s_reasons[0];
        if (!s_reasons.Contains(reason)) problems.Add(FieldProblem.Unsupported($"{path}.reason", reason, [.. s_reasons.Select(text => (JsonNode)text)]));
        var text = rule.TextAt("rule") ?? "";
        var expression = Compile(text, schema, $"{path}.rule", problems);
        var message = rule.TextAt("messageExpression") is { } source ? Compile(source, schema, $"{path}.messageExpression", problems) : null;
        if (expression is null) return null;
        return new ValidationRule(text, expression, rule.TextAt("message") ?? $"failed rule: {text}", message, reason, rule.TextAt("fieldPath") ?? "");
    }

    private static CelExpression? Compile(string text, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        var expression = CelParser.Parse(text, out var complaint);
        complaint ??= CelChecker.Check(expression!, schema);
        if (complaint is null) return expression;
        problems.Add(FieldProblem.Invalid(path, text, $"compilation failed: ERROR: {complaint}"));
        return null;
    }
}
