using System.Globalization;

namespace Caphr.Lab.Cli;

/// <summary>The live table, as lines no wider than the terminal.</summary>
internal static class DemoTable
{
    private const int BarWidth = 18;

    public static IReadOnlyList<string> Render(IReadOnlyList<DemoRow> rows, DateTimeOffset now, int width)
    {
        var lines = new List<string> { Line("SERVER", "MACHINE", "PHASE", "PROGRESS", "SINCE", "MACHINE IS", "WHAT HAPPENS") };
        lines.AddRange(rows.Select(row => Line(
            row.Server.ToString(CultureInfo.InvariantCulture), row.Machine, row.Phase, Progress.Bar(row.Phase, BarWidth), Span(now - row.Since), row.MachinePhase, row.Message)));
        return [.. lines.Select(line => line.Length > width ? string.Concat(line.AsSpan(0, Math.Max(0, width - 1)), "…") : line)];
    }

    public static string Span(TimeSpan? span) => span switch
    {
        null => "",
        { TotalSeconds: < 0 } => "0s",
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.Value.TotalSeconds}s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.Value.TotalMinutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.Value.TotalHours}h"),
    };

    private static string Line(string server, string machine, string phase, string bar, string since, string machinePhase, string message) =>
        $"{server,-8} {machine,-16} {phase,-14} {bar,-BarWidth} {since,5}  {machinePhase,-13}{message}".TrimEnd();
}
