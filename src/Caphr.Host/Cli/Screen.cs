using System.Globalization;

namespace Caphr.Host.Cli;

/// <summary>How a cell stands out on a terminal.</summary>
internal enum Tone
{
    Plain,
    Good,
    Busy,
    Bad,
    Faint,
}

/// <summary>A text and its tone.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>
/// Where a verb writes for a person: tables that fit, and colours only where somebody sees them. What goes to a file or a pipe is whole and plain.
/// </summary>
/// <param name="Width">Columns; null: as wide as it gets.</param>
internal sealed record Screen(TextWriter Output, int? Width, bool HasColours, DateTimeOffset Now)
{
    private const int Gap = 2;
    private const int LeastColumn = 8;

    public static Screen Of(TextWriter output, TimeProvider clock)
    {
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var asked = int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns) && columns > 0 ? columns : (int?)null;
        var hasColours = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Screen(output, asked ?? (isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : null), hasColours, clock.GetUtcNow());
    }

    public void Say(string line) => Output.WriteLine(line);

    /// <summary>The last column gives way first, and then the widest.</summary>
    public void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<Cell>> rows) => Rows([[.. head.Select(one => new Cell(one, Tone.Faint))], .. rows]);

    /// <summary>A table without a head.</summary>
    public void Rows(IReadOnlyList<IReadOnlyList<Cell>> all)
    {
        if (all.Count == 0) return;
        var widths = Widths([.. Enumerable.Range(0, all[0].Count).Select(column => all.Max(row => row[column].Text.Length))]);
        foreach (var row in all) Output.WriteLine(string.Concat(row.Select((cell, column) => Written(cell, widths[column], column == row.Count - 1))));
    }

    /// <summary>Names and what they are, one below the other.</summary>
    public void Facts(IEnumerable<(string Name, string? Value)> facts)
    {
        var known = facts.Where(fact => !string.IsNullOrEmpty(fact.Value)).ToList();
        var width = known.Max(fact => fact.Name.Length) + Gap;
        foreach (var (name, value) in known) Output.WriteLine($"{Coloured(name.PadRight(width), Tone.Faint)}{value}");
    }

    /// <summary>How long ago, in the largest unit that says enough.</summary>
    public string Ago(DateTimeOffset? time) => time is { } then ? Span(Now - then) : "";

    /// <summary>In how long, or that it is over.</summary>
    public string In(DateTimeOffset time) => time > Now ? $"in {Span(time - Now)}" : $"{Span(Now - time)} ago";

    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalMinutes: < 2 } seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds.TotalSeconds:0}s"),
        { TotalHours: < 2 } minutes => string.Create(CultureInfo.InvariantCulture, $"{minutes.TotalMinutes:0}m"),
        { TotalDays: < 2 } hours => string.Create(CultureInfo.InvariantCulture, $"{hours.TotalHours:0}h"),
        var days => string.Create(CultureInfo.InvariantCulture, $"{days.TotalDays:0}d"),
    };

    private int[] Widths(int[] wanted)
    {
        while (Width is { } width && wanted.Sum() + (Gap * (wanted.Length - 1)) is var needed && needed > width)
        {
            var gives = wanted[^1] > LeastColumn ? wanted.Length - 1 : Array.IndexOf(wanted, wanted.Max());
            if (wanted[gives] <= LeastColumn) break;
            wanted[gives] = Math.Max(LeastColumn, wanted[gives] - (needed - width));
        }

        return wanted;
    }

    private string Written(Cell cell, int width, bool isLast)
    {
        var text = cell.Text.ReplaceLineEndings(" ");
        if (text.Length > width) text = string.Concat(text.AsSpan(0, width - 1), "…");
        return Coloured(text, cell.Tone) + (isLast ? "" : new string(' ', width - text.Length + Gap));
    }

    private string Coloured(string text, Tone tone) => !HasColours || tone == Tone.Plain ? text : $"\u001b[{Code(tone)}m{text}\u001b[0m";

    private static string Code(Tone tone) => tone switch
    {
        Tone.Good => "32",
        Tone.Busy => "33",
        Tone.Bad => "31",
        Tone.Faint => "2",
        Tone.Plain => "0",
    };
}
