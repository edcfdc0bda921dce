using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Caphr.Protocols.MachineConfig;

/// <summary>
/// Takes the secrets out of a configuration that is to be shown to people. Whatever may be one goes: it is better to hide a harmless value
/// than to print a key into somebody's terminal log.
/// </summary>
public static partial class SecretMask
{
    /// <summary>The configuration with its secrets masked; the rest stays as it is, line by line, but for blocks of text.</summary>
    public static string Apply(string configuration)
    {
        var masked = new StringBuilder();
        var shown = 0;
        foreach (var (start, end) in Secrets(configuration))
        {
            masked.Append(configuration, shown, start - shown).Append(Placing.Masked);
            shown = end;
            // A block of text ends behind its last newline, which belongs to the layout.
            if (end > start && configuration[end - 1] == '\n') masked.Append('\n');
        }

        return masked.Append(configuration, shown, configuration.Length - shown).ToString();
    }

    private static IEnumerable<(int Start, int End)> Secrets(string configuration)
    {
        var parser = new Parser(new StringReader(configuration));
        // For each open mapping or list: its key, and whether all below it is secret.
        var open = new Stack<(string? Key, bool Secret)>();
        var inMapping = new Stack<bool>();
        string? key = null;
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case MappingStart or SequenceStart:
                    open.Push((key, (open.TryPeek(out var above) && above.Secret) || IsSecretBelow(key)));
                    inMapping.Push(parser.Current is MappingStart);
                    key = parser.Current is MappingStart ? null : key;
                    break;
                case MappingEnd or SequenceEnd:
                    open.Pop();
                    inMapping.Pop();
                    key = inMapping.TryPeek(out var outside) && outside ? null : open.TryPeek(out var list) ? list.Key : null;
                    break;
                case Scalar scalar when inMapping.TryPeek(out var mapping) && mapping && key is null:
                    key = scalar.Value;
                    break;
                case Scalar scalar:
                    if (IsSecret(scalar, key, open.TryPeek(out var within) && within.Secret)) yield return ((int)scalar.Start.Index, (int)scalar.End.Index);
                    if (inMapping.TryPeek(out var entry) && entry) key = null;
                    break;
                case AnchorAlias when inMapping.TryPeek(out var aliased) && aliased:
                    key = key is null ? "" : null;
                    break;
            }
        }
    }

    private static bool IsSecret(Scalar scalar, string? key, bool below) =>
        scalar.Value.Length > 0
        && (below
            || (key is not null && SecretKey().IsMatch(key))
            || scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded
            || scalar.Value.Contains('\n', StringComparison.Ordinal)
            || Opaque().IsMatch(scalar.Value)
            || Credentials().IsMatch(scalar.Value));

    private static bool IsSecretBelow(string? key) => key is "env" or "environment" or "auth";

    [GeneratedRegex("token|secret|password|passphrase|privatekey|^key$|^crt$|keydata|credential|^content[s]?$|^id$|^username$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretKey();

    /// <summary>Long and without structure: a key, a certificate, a token.</summary>
    [GeneratedRegex("^(?!/)[A-Za-z0-9+/=_-]{28,}$")]
    private static partial Regex Opaque();

    [GeneratedRegex("://[^/@]*:[^/@]*@")]
    private static partial Regex Credentials();
}
