using System.Globalization;
using System.Text;

namespace Caphr.Lab.Kubernetes.Cel;

internal enum CelTokenKind
{
    End,
    Name,
    Integer,
    Double,
    Text,
    Symbol,
    Unknown,
}

internal readonly record struct CelToken(CelTokenKind Kind, string Text, int At);

/// <summary>Splits an expression into tokens. What it cannot read becomes one token of kind Unknown, for the parser to complain about.</summary>
internal sealed class CelLexer(string source)
{
    private static readonly string[] s_symbols = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "-", "+", "*", "/", "%", "(", ")", "[", "]", ",", ".", "?", ":"];

    private int _at;

    public IReadOnlyList<CelToken> Read()
    {
        var tokens = new List<CelToken>();
        do tokens.Add(Next());
        while (tokens[^1].Kind is not (CelTokenKind.End or CelTokenKind.Unknown));
        return tokens;
    }

    private CelToken Next()
    {
        while (_at < source.Length && char.IsWhiteSpace(source[_at])) _at++;
        var start = _at;
        if (_at == source.Length) return new CelToken(CelTokenKind.End, "end of input", start);
        if (source[_at] is 'r' && _at + 1 < source.Length && source[_at + 1] is '\'' or '"')
        {
            _at++;
            return Text(start, raw: true);
        }

        if (source[_at] is '\'' or '"') return Text(start, raw: false);
        if (char.IsAsciiLetter(source[_at]) || source[_at] == '_')
        {
            while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] == '_')) _at++;
            return new CelToken(CelTokenKind.Name, source[start.._at], start);
        }

        if (char.IsAsciiDigit(source[_at])) return Number(start);
        if (s_symbols.FirstOrDefault(symbol => string.CompareOrdinal(source, start, symbol, 0, symbol.Length) == 0) is { } found)
        {
            _at += found.Length;
            return new CelToken(CelTokenKind.Symbol, found, start);
        }

        return new CelToken(CelTokenKind.Unknown, source[start..], start);
    }

    private CelToken Number(int start)
    {
        while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] == '.')) _at++;
        var text = source[start.._at];
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return new CelToken(CelTokenKind.Integer, text, start);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? new CelToken(CelTokenKind.Double, text, start)
            : new CelToken(CelTokenKind.Unknown, text, start);
    }

    private CelToken Text(int start, bool raw)
    {
        var quote = source[_at++];
        var text = new StringBuilder();
        while (_at < source.Length && source[_at] != quote)
        {
            if (source[_at] != '\\' || raw)
            {
                text.Append(source[_at++]);
                continue;
            }

            if (_at + 1 == source.Length || Escape(source[_at + 1]) is not { } meant) return new CelToken(CelTokenKind.Unknown, source[start..], start);
            text.Append(meant);
            _at += 2;
        }

        if (_at == source.Length) return new CelToken(CelTokenKind.Unknown, source[start..], start);
        _at++;
        return new CelToken(CelTokenKind.Text, text.ToString(), start);
    }

    private static char? Escape(char letter) => letter switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '\\' or '\'' or '"' or '`' or '?' => letter,
        _ => null,
    };
}
