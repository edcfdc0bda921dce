using System.Globalization;
using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Cel;

/// <summary>Precedence climbing over the tokens, in the order CEL defines: ?:, ||, &amp;&amp;, relations, additions, multiplications, unary, member.</summary>
internal sealed class CelParser
{
    public static readonly string[] Macros = ["all", "exists", "exists_one", "filter", "map"];

    // Words of CEL that no identifier may be; a property of such a name is written between double underscores.
    private static readonly HashSet<string> s_reserved = new(StringComparer.Ordinal)
    {
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    };

    private static readonly string[][] s_levels = [["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"]];

    private readonly IReadOnlyList<CelToken> _tokens;
    private int _next;
    private string? _complaint;

    private CelParser(string source) => _tokens = new CelLexer(source).Read();

    /// <summary>The expression, or null and a complaint.</summary>
    public static CelExpression? Parse(string source, out string? complaint)
    {
        var parser = new CelParser(source);
        var expression = parser.Ternary();
        if (parser.Current.Kind != CelTokenKind.End) parser.Complain();
        complaint = parser._complaint;
        return complaint is null ? expression : null;
    }

    private CelToken Current => _tokens[_next];

    private CelExpression Ternary()
    {
        var test = Binary(0);
        if (!Accept("?")) return test;
        var then = Binary(0);
        Expect(":");
        return new CelExpression.Conditional(test, then, Ternary());
    }

    private CelExpression Binary(int level)
    {
        if (level == s_levels.Length) return Unary();
        var left = Binary(level + 1);
        while (Current.Kind is CelTokenKind.Symbol or CelTokenKind.Name && s_levels[level].Contains(Current.Text))
        {
            var sign = Take().Text;
            left = new CelExpression.Binary(sign, left, Binary(level + 1));
        }

        return left;
    }

    private CelExpression Unary()
    {
        if (Accept("!")) return new CelExpression.Not(Unary());
        return Accept("-") ? new CelExpression.Negate(Unary()) : Member();
    }

    private CelExpression Member()
    {
        var target = Primary();
        while (_complaint is null)
        {
            if (Accept("["))
            {
                target = new CelExpression.Index(target, Ternary());
                Expect("]");
            }
            else if (Accept("."))
            {
                var name = TakeName();
                target = Accept("(") ? Method(target, name) : Field(target, name);
            }
            else
            {
                break;
            }
        }

        return target;
    }

    private CelExpression Field(CelExpression target, string name) => s_reserved.Contains(name)
        ? Complain($"Syntax error: '{name}' is a reserved word: write __{name}__")
        : new CelExpression.Select(target, FieldName(name));

    private CelExpression Method(CelExpression target, string name)
    {
        if (!Macros.Contains(name)) return new CelExpression.Call(name, [target, .. Arguments()]);
        var variable = TakeName();
        Expect(",");
        var body = Ternary();
        Expect(")");
        return new CelExpression.Macro(name, target, variable, body);
    }

    private CelExpression Primary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case CelTokenKind.Integer:
                return new CelExpression.Literal(long.Parse(token.Text, CultureInfo.InvariantCulture));
            case CelTokenKind.Double:
                return new CelExpression.Literal(double.Parse(token.Text, CultureInfo.InvariantCulture));
            case CelTokenKind.Text:
                return new CelExpression.Literal(token.Text);
            case CelTokenKind.Symbol when token.Text == "(":
                var inner = Ternary();
                Expect(")");
                return inner;
            case CelTokenKind.Symbol when token.Text == "[":
                return new CelExpression.List(Sequence("]"));
            case CelTokenKind.Name:
                return Named(token.Text);
            default:
                return Complain(token);
        }
    }

    private CelExpression Named(string name)
    {
        if (name is "true" or "false") return new CelExpression.Literal(name == "true");
        if (name == "null") return new CelExpression.Literal((JsonNode?)null);
        if (!Accept("(")) return new CelExpression.Name(name);
        var arguments = Arguments();
        if (name != "has") return new CelExpression.Call(name, arguments);
        return arguments is [CelExpression.Select select] ? new CelExpression.Has(select.Target, select.Field) : Complain("invalid argument to has() macro");
    }

    private List<CelExpression> Arguments() => Sequence(")");

    private List<CelExpression> Sequence(string end)
    {
        var items = new List<CelExpression>();
        if (Accept(end)) return items;
        do items.Add(Ternary());
        while (_complaint is null && Accept(","));
        Expect(end);
        return items;
    }

    /// <summary>The last token (the end, or what could not be read) stays where it is, however often it is taken.</summary>
    private CelToken Take() => _next == _tokens.Count - 1 ? Current : _tokens[_next++];

    private string TakeName()
    {
        var token = Take();
        if (token.Kind != CelTokenKind.Name) Complain(token);
        return token.Text;
    }

    private bool Accept(string symbol)
    {
        if (Current.Kind != CelTokenKind.Symbol || Current.Text != symbol) return false;
        _next++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol)) Complain();
    }

    private void Complain() => Complain(Current);

    private CelExpression.Literal Complain(CelToken token) => Complain($"Syntax error: cannot read '{token.Text}' at position {token.At}");

    /// <summary>The first complaint is the one that helps; parsing then runs out quickly.</summary>
    private CelExpression.Literal Complain(string complaint)
    {
        _complaint ??= complaint;
        return new CelExpression.Literal((JsonNode?)null);
    }

    /// <summary>Kubernetes escapes property names that are no CEL identifiers.</summary>
    private static string FieldName(string name)
    {
        if (!name.Contains("__", StringComparison.Ordinal)) return name;
        if (name is ['_', '_', .. var word, '_', '_'] && s_reserved.Contains(word)) return word;
        return name.Replace("__dot__", ".", StringComparison.Ordinal).Replace("__dash__", "-", StringComparison.Ordinal)
            .Replace("__slash__", "/", StringComparison.Ordinal).Replace("__underscores__", "__", StringComparison.Ordinal);
    }
}
