using System.Text.RegularExpressions;

namespace Caphr.EndToEnd.Tests.Faults;

/// <summary>The part of docs/operations.md that shows what is read about each of the stuck machines.</summary>
internal static partial class StuckPage
{
    private const string Begin = "<!-- ten faults: made by TenFaultsTests -->\n";
    private const string End = "<!-- end of the ten faults -->\n";

    public static string Section(StuckMachine stuck, string described, string explained) =>
        $"### {stuck.Title}\n\n    $ kubectl describe hrm {stuck.Name}\n{Indented(Told(described))}\n    $ caphr explain hrm/{stuck.Name}\n{Indented(explained)}\n";

    /// <summary>What the page says, after it was written anew if that is wished.</summary>
    public static string Read(string path, IEnumerable<string> sections)
    {
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, $"{path} has lost the lines between which the ten faults stand.");
        if (Environment.GetEnvironmentVariable("CAPHR_WRITE_DOCS") is { Length: > 0 })
        {
            page = $"{page[..begin]}{string.Concat(sections)}{page[end..]}";
            File.WriteAllText(path, page);
            end = page.IndexOf(End, StringComparison.Ordinal);
        }

        return page[begin..end];
    }

    /// <summary>Status and events: what stands above was written by the reader themselves.</summary>
    private static string Told(string described) => EventRows().Replace(described[described.IndexOf("\nStatus:", StringComparison.Ordinal)..].TrimStart('\n'), "Events: …\n");

    private static string Indented(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => line.Length == 0 ? "\n" : $"    {line.TrimEnd()}\n"));

    /// <summary>Which of them have come already is a matter of the moment.</summary>
    [GeneratedRegex(@"(?s)^Events:.*\z", RegexOptions.Multiline)]
    private static partial Regex EventRows();
}
