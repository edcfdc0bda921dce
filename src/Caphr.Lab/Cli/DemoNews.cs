using System.Globalization;

namespace Caphr.Lab.Cli;

/// <summary>What changed from one look to the next, a line per server, for logs and pipes.</summary>
internal static class DemoNews
{
    public static IEnumerable<string> Between(IReadOnlyList<DemoRow> before, IReadOnlyList<DemoRow> after, TimeSpan elapsed)
    {
        var known = before.ToDictionary(row => row.Server);
        foreach (var row in after)
        {
            if (known.TryGetValue(row.Server, out var old) && (old.Phase, old.MachinePhase, old.Message, old.Machine) == (row.Phase, row.MachinePhase, row.Message, row.Machine)) continue;
            var machine = row.Machine.Length > 0 ? $" {row.Machine}{(row.MachinePhase.Length > 0 ? $" ({row.MachinePhase})" : "")}" : "";
            var message = row.Message.Length > 0 ? $": {row.Message}" : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds,6:0.0}s  {row.Server} {row.Phase}{machine}{message}");
        }
    }
}
