using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Cel;

/// <summary>The part of the Common Expression Language that rules of our CRDs and of Cluster API's are written in.</summary>
internal abstract record CelExpression
{
    private CelExpression() { }

    public sealed record Literal(JsonNode? Value) : CelExpression;

    public sealed record Name(string Text) : CelExpression;

    public sealed record Select(CelExpression Target, string Field) : CelExpression;

    /// <summary><c>has(target.field)</c>.</summary>
    public sealed record Has(CelExpression Target, string Field) : CelExpression;

    public sealed record Index(CelExpression Target, CelExpression Key) : CelExpression;

    public sealed record Call(string Function, IReadOnlyList<CelExpression> Arguments) : CelExpression;

    /// <summary><c>list.all(x, body)</c> and its relatives.</summary>
    public sealed record Macro(string Kind, CelExpression Range, string Variable, CelExpression Body) : CelExpression;

    public sealed record Not(CelExpression Operand) : CelExpression;

    public sealed record Negate(CelExpression Operand) : CelExpression;

    public sealed record Binary(string Operator, CelExpression Left, CelExpression Right) : CelExpression;

    public sealed record Conditional(CelExpression Test, CelExpression Then, CelExpression Else) : CelExpression;

    public sealed record List(IReadOnlyList<CelExpression> Items) : CelExpression;

    public IEnumerable<CelExpression> Children => this switch
    {
        Select select => [select.Target],
        Has has => [has.Target],
        Index index => [index.Target, index.Key],
        Call call => call.Arguments,
        Macro macro => [macro.Range, macro.Body],
        Not not => [not.Operand],
        Negate negate => [negate.Operand],
        Binary binary => [binary.Left, binary.Right],
        Conditional conditional => [conditional.Test, conditional.Then, conditional.Else],
        List list => list.Items,
        _ => [],
    };
}
