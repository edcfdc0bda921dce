using System.Globalization;
using Caphr.Host.Control;
using Caphr.Host.Tests.Control;

namespace Caphr.Benchmarks.Control;

/// <summary>One look of the control loop at a fleet of which nothing is wanted: the view of it, and the plan that finds nothing to do.</summary>
internal static class LookContests
{
    private const int Rounds = 9;

    private static readonly int[] s_sizes = [1_000, 3_000, 10_000];

    public static async Task RunAsync(Report report)
    {
        const string name = "one look at a fleet that stands still";
        if (report.IsLeftOut(name)) return;
        await report.TellAsync(name, string.Join('\n', s_sizes.Select(size => Line(size, Objects.StandingStill(size)))));
    }

    private static string Line(int size, Objects fleet)
    {
        var known = new KnownStatuses();
        var rounds = Enumerable.Range(0, Rounds).Select(_ => Spent(() => ControlPlan.Make(fleet.Look(), known))).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{size:N0} servers: {rounds[Rounds / 2]:0.0} ms of a core, {rounds[Rounds / 2] * 1000 / size:0.0} µs each");
    }

    private static double Spent(Func<ControlPlan> look)
    {
        var began = Environment.CpuUsage.TotalTime;
        var plan = look();
        var spent = (Environment.CpuUsage.TotalTime - began).TotalMilliseconds;
        return plan.Writes.Count == 0 ? spent : throw new InvalidOperationException($"The fleet does not stand still: {plan.Writes[0]}.");
    }
}
