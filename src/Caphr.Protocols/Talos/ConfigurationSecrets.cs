using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Caphr.Protocols.Talos;

/// <summary>
/// Takes a machine configuration's contents out of what a node says about it. Talos quotes the part it does not like, and that part may
/// hold a token or a key.
/// </summary>
internal sealed class ConfigurationSecrets
{
    private const int ShortestSecret = 8;
    private const int LongestText = 600;

    /// <summary>What stands there says what kind of thing a document is; without it an answer about a document names none.</summary>
    private static readonly HashSet<string> s_open = ["apiVersion", "kind", "version"];

    private readonly List<string>? _values;

    public ConfigurationSecrets(string configuration) => _values = Values(configuration);

    public string Mask(string text)
    {
        // Of a text that quotes something we cannot read, nothing can be shown.
        if (_values is null) return "(withheld: the configuration is no YAML)";
        foreach (var value in _values) text = text.Replace(value, "•••", StringComparison.Ordinal);
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    private static List<string>? Values(string configuration)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var parser = new Parser(new StringReader(configuration));
            var key = "";
            while (parser.MoveNext())
            {
                if (parser.Current is Scalar { IsKey: true, Value: var name }) key = name;
                if (parser.Current is not Scalar { IsKey: false } scalar || s_open.Contains(key)) continue;
                // A block of text is quoted line by line.
                values.UnionWith(scalar.Value.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length >= ShortestSecret));
            }
        }
        catch (Exception exception) when (YamlTrouble.Is(exception))
        {
            return null;
        }

        // Longest first: a short value inside of a long one must not keep the long one from being found.
        return [.. values.OrderByDescending(value => value.Length)];
    }
}
