using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Cel;

/// <summary>Walks an expression that <see cref="CelChecker"/> has passed.</summary>
internal static class CelEvaluator
{
    public static CelResult Evaluate(CelExpression expression, CelScope scope) => expression switch
    {
        CelExpression.Literal literal => literal.Value,
        CelExpression.Name name => scope.Find(name.Text),
        CelExpression.Select select => Bind(Evaluate(select.Target, scope), target => Field(target, select.Field)),
        CelExpression.Has has => Bind(Evaluate(has.Target, scope), target => target is JsonObject members && members[has.Field] is not null),
        CelExpression.Index index => Bind(Evaluate(index.Target, scope), target => Bind(Evaluate(index.Key, scope), key => Item(target, key))),
        CelExpression.Not not => Bind(Evaluate(not.Operand, scope), value => AsBool(value) is { } flag ? !flag : CelResult.NoOverload("!")),
        CelExpression.Negate negate => Bind(Evaluate(negate.Operand, scope), value => Arithmetic("-", JsonValue.Create(0L), value)),
        CelExpression.Conditional conditional => Bind(
            Evaluate(conditional.Test, scope),
            test => AsBool(test) is { } flag ? Evaluate(flag ? conditional.Then : conditional.Else, scope) : CelResult.NoOverload("?:")),
        CelExpression.Binary { Operator: "&&" } and => Logic(and, scope, decides: false),
        CelExpression.Binary { Operator: "||" } or => Logic(or, scope, decides: true),
        CelExpression.Binary binary => Bind(
            Evaluate(binary.Left, scope),
            left => Bind(Evaluate(binary.Right, scope), right => Compute(binary.Operator, left, right))),
        CelExpression.List list => All(list.Items, scope, values => new JsonArray([.. values.Select(value => value?.DeepClone())])),
        CelExpression.Call call => All(call.Arguments, scope, values => CelLibrary.Invoke(call.Function, values)),
        CelExpression.Macro macro => Bind(Evaluate(macro.Range, scope), range => RunMacro(macro, range, scope)),
        _ => throw new UnreachableException(),
    };

    /// <summary>The side that decides wins even when the other one failed: <c>error || true</c> is true.</summary>
    private static CelResult Logic(CelExpression.Binary binary, CelScope scope, bool decides)
    {
        var left = Evaluate(binary.Left, scope);
        if (decides ? left.IsTrue : left.IsFalse) return decides;
        var right = Evaluate(binary.Right, scope);
        if (decides ? right.IsTrue : right.IsFalse) return decides;
        if (left.Error is not null) return left;
        if (right.Error is not null) return right;
        return AsBool(left.Value) is null || AsBool(right.Value) is null ? CelResult.NoOverload(binary.Operator) : !decides;
    }

    private static CelResult Compute(string sign, JsonNode? left, JsonNode? right) => sign switch
    {
        "==" => Json.Same(left, right),
        "!=" => !Json.Same(left, right),
        "in" => right switch
        {
            JsonArray items => items.Any(item => Json.Same(item, left)),
            JsonObject members => left.AsText() is { } key && members.ContainsKey(key),
            _ => CelResult.NoOverload("in"),
        },
        "<" or "<=" or ">" or ">=" => Order(left, right) is { } order ? Holds(sign, order) : CelResult.NoOverload(sign),
        "+" when left.AsText() is { } one && right.AsText() is { } other => (JsonNode)(one + other),
        "+" when left is JsonArray one && right is JsonArray other => new JsonArray([.. one.Concat(other).Select(item => item?.DeepClone())]),
        _ => Arithmetic(sign, left, right),
    };

    private static bool Holds(string sign, int order) => sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };

    private static int? Order(JsonNode? left, JsonNode? right)
    {
        if (left.AsText() is { } one && right.AsText() is { } other) return string.CompareOrdinal(one, other);
        return IsNumber(left) && IsNumber(right) ? Number(left!).CompareTo(Number(right!)) : null;
    }

    private static CelResult Arithmetic(string sign, JsonNode? left, JsonNode? right)
    {
        if (!IsNumber(left) || !IsNumber(right)) return CelResult.NoOverload(sign);
        if (left!.AsValue().TryGetValue<long>(out var one) && right!.AsValue().TryGetValue<long>(out var other))
        {
            if (other == 0 && sign is "/" or "%") return CelResult.Failed("divide by zero");
            return (JsonNode)(sign switch { "+" => one + other, "-" => one - other, "*" => one * other, "/" => one / other, _ => one % other });
        }

        var (x, y) = (Number(left), Number(right!));
        return sign == "%" ? CelResult.NoOverload(sign) : (JsonNode)(sign switch { "+" => x + y, "-" => x - y, "*" => x * y, _ => x / y });
    }

    private static CelResult RunMacro(CelExpression.Macro macro, JsonNode? range, CelScope scope)
    {
        IReadOnlyList<JsonNode?>? items = range switch
        {
            JsonArray array => [.. array],
            JsonObject members => [.. members.Select(member => (JsonNode?)member.Key)],
            _ => null,
        };
        if (items is null) return CelResult.NoOverload(macro.Kind);
        var results = items.Select(item => (Item: item, Result: Evaluate(macro.Body, scope.With(macro.Variable, item)))).ToList();
        if (macro.Kind == "all" && results.Any(one => one.Result.IsFalse)) return false;
        if (macro.Kind == "exists" && results.Any(one => one.Result.IsTrue)) return true;
        if (results.FirstOrDefault(one => one.Result.Error is not null).Result is { Error: not null } failed) return failed;
        return macro.Kind switch
        {
            "all" => true,
            "exists" => false,
            "exists_one" => results.Count(one => one.Result.IsTrue) == 1,
            "filter" => new JsonArray([.. results.Where(one => one.Result.IsTrue).Select(one => one.Item?.DeepClone())]),
            _ => new JsonArray([.. results.Select(one => one.Result.Value?.DeepClone())]),
        };
    }

    private static CelResult Field(JsonNode? target, string field) => target switch
    {
        JsonObject members when members.ContainsKey(field) => members[field],
        JsonObject => CelResult.Failed($"no such key: {field}"),
        _ => CelResult.NoOverload($".{field}"),
    };

    private static CelResult Item(JsonNode? target, JsonNode? key) => (target, key) switch
    {
        (JsonObject, { } name) when name.AsText() is { } text => Field(target, text),
        (JsonArray items, JsonValue at) when at.TryGetValue<long>(out var index) => index >= 0 && index < items.Count
            ? items[(int)index]
            : CelResult.Failed($"index out of bounds: {index}"),
        _ => CelResult.NoOverload("[]"),
    };

    private static CelResult All(IReadOnlyList<CelExpression> expressions, CelScope scope, Func<IReadOnlyList<JsonNode?>, CelResult> then)
    {
        var results = expressions.Select(expression => Evaluate(expression, scope)).ToList();
        return results.FirstOrDefault(result => result.Error is not null) is { Error: not null } failed ? failed : then([.. results.Select(result => result.Value)]);
    }

    private static CelResult Bind(CelResult result, Func<JsonNode?, CelResult> then) => result.Error is null ? then(result.Value) : result;

    private static bool? AsBool(JsonNode? value) => value?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    private static bool IsNumber(JsonNode? value) => value?.GetValueKind() is JsonValueKind.Number;

    private static double Number(JsonNode value) => value.AsValue().TryGetValue<long>(out var whole) ? whole : value.GetValue<double>();
}
