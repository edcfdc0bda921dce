using Caphr.Lab.Kubernetes.Schema;

namespace Caphr.Lab.Kubernetes.Cel;

/// <summary>
/// What can be known to be wrong before any object is seen: names and functions that do not exist, fields the schema does not declare.
/// </summary>
internal sealed class CelChecker
{
    private string? _complaint;

    private CelChecker() { }

    /// <summary>For a rule of a schema.</summary>
    public static string? Check(CelExpression expression, SchemaNode self) =>
        Check(expression, new Dictionary<string, SchemaNode?>(StringComparer.Ordinal) { ["self"] = self, ["oldSelf"] = self });

    /// <param name="declared">The names the expression may use, with what is known of their values.</param>
    public static string? Check(CelExpression expression, IReadOnlyDictionary<string, SchemaNode?> declared)
    {
        var checker = new CelChecker();
        checker.Visit(expression, declared);
        return checker._complaint;
    }

    public static bool Mentions(CelExpression expression, string name) =>
        expression is CelExpression.Name found ? found.Text == name : expression.Children.Any(child => Mentions(child, name));

    /// <summary>The schema of the value the expression has, or null where that cannot be told.</summary>
    private SchemaNode? Visit(CelExpression expression, IReadOnlyDictionary<string, SchemaNode?> scope)
    {
        switch (expression)
        {
            case CelExpression.Name name:
                if (!scope.TryGetValue(name.Text, out var known)) Complain($"undeclared reference to '{name.Text}'");
                return known;
            case CelExpression.Select select:
                return Field(Visit(select.Target, scope), select.Field);
            case CelExpression.Has has:
                Field(Visit(has.Target, scope), has.Field);
                return null;
            case CelExpression.Index index:
                Visit(index.Key, scope);
                var container = Visit(index.Target, scope);
                return container?.Items ?? container?.AdditionalProperties;
            case CelExpression.Macro macro:
                var range = Visit(macro.Range, scope);
                Visit(macro.Body, new Dictionary<string, SchemaNode?>(scope) { [macro.Variable] = range?.Items });
                return macro.Kind == "filter" ? range : null;
            case CelExpression.Conditional conditional:
                Visit(conditional.Test, scope);
                Visit(conditional.Else, scope);
                return Visit(conditional.Then, scope);
            case CelExpression.Call call:
                if (!CelLibrary.Has(call.Function, call.Arguments.Count))
                {
                    Complain($"undeclared reference to '{call.Function}' with {call.Arguments.Count} arguments: this server does not evaluate it");
                }

                break;
            default:
                break;
        }

        foreach (var child in expression.Children) Visit(child, scope);
        return null;
    }

    private SchemaNode? Field(SchemaNode? target, string field)
    {
        if (target is null || target.PreserveUnknown || target.IntOrString) return null;
        // Every object that has a kind has a name; the schema of a root need not say so.
        if (field is "metadata" or "apiVersion" or "kind" && target.Property(field) is null or { Properties.Count: 0 }) return null;
        if (target.Property(field) is { } found) return found;
        Complain($"undefined field '{field}'");
        return null;
    }

    private void Complain(string complaint) => _complaint ??= complaint;
}
