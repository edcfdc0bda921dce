using System.Globalization;

namespace Caphr.Benchmarks.Standing;

/// <summary>A fleet of which nothing is wanted: what it costs, what one change costs, and how soon all of it is there again after a kill. At several sizes, so that the curve shows.</summary>
internal static class StandingContests
{
    private const int Touches = 40;

    private static readonly int[] s_sizes = [100, 1_000, 3_000, 10_000];
    private static readonly TimeProvider s_clock = new RealTime();
    private static readonly TimeSpan s_watched = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_touchPace = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(Report report)
    {
        foreach (var size in s_sizes)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"standing still, {size:N0} servers");
            if (report.IsLeftOut(name)) continue;
            await using var fleet = await StandingFleet.MakeAsync(size);
            await report.TellAsync(name, string.Join('\n', await MeasureAsync(fleet, size)));
        }
    }

    private static async Task<IReadOnlyList<string>> MeasureAsync(StandingFleet fleet, int size)
    {
        List<string> lines = [];
        fleet.Start();
        var (acting, settled) = (await fleet.AllActAsync(), await fleet.SettleAsync(2 * size));
        Tell($"first start: all act after {acting.TotalSeconds:0.0} s; then {settled.TotalSeconds:0.0} s until the last of {fleet.Writes} writes; {fleet.Controller.CpuTime.TotalSeconds:0.0} s of a core in all");

        fleet.Kill();
        var writes = fleet.Writes;
        fleet.Start();
        acting = await fleet.AllActAsync();
        var cpu = fleet.Controller.CpuTime;
        settled = await fleet.SettleAsync(atLeast: 0);
        Tell($"coming back: all act after {acting.TotalSeconds:0.0} s and {cpu.TotalSeconds:0.0} s of a core; {fleet.Writes - writes} writes within {settled.TotalSeconds:0.0} s after that");

        cpu = fleet.Controller.CpuTime;
        for (var touch = 1; touch <= Touches; touch++)
        {
            await fleet.TouchAsync(1 + (touch * 7919 % size), touch.ToString(CultureInfo.InvariantCulture));
            await Task.Delay(s_touchPace, s_clock);
        }

        Tell($"one change of one object: {(fleet.Controller.CpuTime - cpu).TotalMilliseconds / Touches:0.0} ms of a core");
        // Until nothing is compiled anew any more.
        await Task.Delay(s_watched, s_clock);
        var (calls, robot) = (fleet.Calls, fleet.RobotCalls);
        cpu = fleet.Controller.CpuTime;
        await Task.Delay(s_watched, s_clock);
        var hours = s_watched.TotalHours;
        Tell($"standing still: {(fleet.Controller.CpuTime - cpu) / s_watched:0.00 %} of a core; {(fleet.Calls - calls) / hours:0} calls to the API server and {(fleet.RobotCalls - robot) / hours:0} to Robot an hour");
        Tell($"memory: {fleet.Controller.ResidentBytes / 1_000_000.0:0} MB resident, {fleet.Controller.ResidentBytes / 1000.0 / size:0.0} kB a server if all of it is counted for them");

        return lines;

        void Tell(FormattableString line) => lines.Add(line.ToString(CultureInfo.InvariantCulture));
    }
}
