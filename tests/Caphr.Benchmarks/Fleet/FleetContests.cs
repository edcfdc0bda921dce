using System.Globalization;

namespace Caphr.Benchmarks.Fleet;

/// <summary>
/// From apply to Provisioned: what CAPHR takes beyond the hardware, and what it asks of Robot. There is nothing to be the baseline but the hardware itself, whose
/// times the Lab knows. An account has fifty resets an hour, so no more servers than that are provisioned at once.
/// </summary>
internal static class FleetContests
{
    private static readonly int[] s_sizes = [10, 30];

    public static async Task RunAsync(Report report)
    {
        foreach (var size in s_sizes)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"fleet of {size} provisioned at once");
            if (report.IsLeftOut(name)) continue;
            await using var fleet = await BenchFleet.StartAsync(size);
            var (calls, cpu) = (fleet.RobotCalls, fleet.ControllerCpu);
            var provisioned = await fleet.ProvisionAsync();
            var lines = Provisioned.Parts.Select(part =>
            {
                var sorted = provisioned.Select(part.Take).Order().ToList();
                return string.Create(CultureInfo.InvariantCulture, $"beyond the hardware, {part.Name}: p50 {At(sorted, 0.5):0.00} s, p99 {At(sorted, 0.99):0.00} s");
            });
            await report.TellAsync(name, string.Join('\n', lines.Append(string.Create(
                CultureInfo.InvariantCulture,
                $"for each: {(double)fleet.Resets / size:0.00} resets, {(double)(fleet.RobotCalls - calls) / size:0.00} calls to Robot, {(fleet.ControllerCpu - cpu).TotalMilliseconds / size:0} ms of a core"))));
            await report.TellAsync("calls to Robot", string.Join('\n', fleet.CallsByKind()));
        }
    }

    private static double At(List<TimeSpan> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1].TotalSeconds;
}
