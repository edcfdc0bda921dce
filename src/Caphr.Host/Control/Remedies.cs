using System.Text.RegularExpressions;

namespace Caphr.Host.Control;

/// <summary>
/// What a person does about a reason: the tables of docs/conditions.md, which is built in, so that there is one such list. It is held against the code by a
/// test of its own.
/// </summary>
internal static partial class Remedies
{
    private const string Shared = "What goes wrong";

    private static readonly Dictionary<(string Section, string Reason), string> s_all = Read();

    /// <summary>Null where there is nothing to do, or where the message says it all.</summary>
    public static string? For(string kind, string reason) =>
        (s_all.GetValueOrDefault((kind, reason)) ?? s_all.GetValueOrDefault((Shared, reason))) is { } remedy
        && !remedy.StartsWith("Nothing", StringComparison.Ordinal)
        && !remedy.StartsWith("It holds", StringComparison.Ordinal)
        && !remedy.StartsWith("As ", StringComparison.Ordinal)
            ? remedy
            : null;

    private static Dictionary<(string Section, string Reason), string> Read()
    {
        using var page = typeof(Remedies).Assembly.GetManifestResourceStream("conditions.md") ?? throw new InvalidOperationException("conditions.md is not built in.");
        using var reader = new StreamReader(page);
        var all = new Dictionary<(string Section, string Reason), string>();
        var section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) section = line[3..];
            else if (line.StartsWith('|') && line.Split('|') is { Length: >= 4 } cells)
                foreach (Match reason in Code().Matches(cells[^3])) all.TryAdd((section, reason.Groups[1].Value), Link().Replace(cells[^2].Trim(), "$1").Replace("`", "", StringComparison.Ordinal));
        }

        return all;
    }

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();
}
