using System.Globalization;

namespace Caphr.Simulation.Tests.Runs.Fleets;

/// <summary><c>FLEET=n</c>: n servers from apply to Provisioned, and what they could not have taken less than.</summary>
internal static class FleetCommand
{
    public static int Run(int servers, int seed, TextWriter output, TimeProvider clock)
    {
        var (began, worked, meter) = (clock.GetTimestamp(), Environment.CpuUsage.TotalTime, new WorkMeter());
        using var run = new FleetRun(seed, servers, meter);
        var step = Math.Max(1, servers / 10);
        run.Came += count =>
        {
            if (count % step == 0) Say($"{count} provisioned after {run.World.Clock.Elapsed}, {clock.GetElapsedTime(began).TotalSeconds:0} s of ours");
        };
        if (run.Run() is { } whyNot)
        {
            Say($"FLEET={servers} SEED={seed}: {whyNot}");
            return (int)(run.World.Watch.Violation is null ? Verdict.Stuck : Verdict.Unsafe);
        }

        foreach (var line in FleetReport.Lines(run.Story)) output.WriteLine(line);
        var (real, work) = (clock.GetElapsedTime(began), Environment.CpuUsage.TotalTime - worked);
        Say($"a core for each: {meter.Spent.TotalMilliseconds / servers:0} ms of the controller's, {(work - meter.Spent).TotalMilliseconds / servers:0} ms of everything else in its world");
        Say($"{run.World.Clock.Elapsed.TotalHours:0.0} hours took {real.TotalSeconds:0} s, of which the controller was at work for {meter.Spent / work:P0}");
        return 0;

        void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
