using System.Globalization;
using Caphr.Protocols.Robot;

namespace Caphr.Simulation.Tests.Runs.Fleets;

/// <summary>A fleet's story in lines: how long it took, beside what it could not have taken less than.</summary>
internal static class FleetReport
{
    public static IEnumerable<string> Lines(FleetStory story)
    {
        var count = story.Passages.Count;
        var hardware = story.Passages.Select(passage => passage.Hardware).Order().ToList();
        var overheads = story.Overheads().ToList();
        yield return Invariant($"{count} servers from apply to Provisioned: {Long(story.Makespan)}");
        yield return Floor(story, story.Whole, "what Robot allows");
        yield return Floor(story, story.Share, "what CAPHR takes of it for new nodes");
        yield return Invariant($"hardware of one: median {Short(At(hardware, 0.5))}, slowest {Short(hardware[^1])}");
        yield return Beyond("until its reset", overheads.Select(one => one.UntilReset));
        yield return Beyond("from there to Provisioned", overheads.Select(one => one.After));
        yield return Beyond("both", overheads.Select(one => one.UntilReset + one.After));
        yield return Invariant($"for each: {(double)story.Presses.Count / count:0.00} resets, {(double)(story.Calls.Count - story.Presses.Count) / count:0.00} other calls to Robot; {story.Calls.Count(call => call.Status == 403)} in all were refused for a quota");
        foreach (var kind in story.Calls.GroupBy(call => (call.Method, call.Template)).OrderByDescending(kind => kind.Count()).ThenBy(kind => kind.Key.Template, StringComparer.Ordinal))
            yield return Invariant($"  {kind.Key.Method} {kind.Key.Template}: {(double)kind.Count() / count:0.00}");
        foreach (var quota in story.Calls.GroupBy(call => RobotQuota.Of(call.Method, call.Template)).OrderBy(quota => quota.Key.Name, StringComparer.Ordinal))
            yield return Invariant($"  {quota.Key.Name}: at most {ResetQuota.MostWithinAnHour(quota.Select(call => call.At))} within an hour, of {quota.Key.PerHour}");
    }

    public static TimeSpan At(IReadOnlyList<TimeSpan> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    private static string Floor(FleetStory story, ResetQuota quota, string whose)
    {
        var floor = quota.Floor(story.Passages.Select(passage => passage.Hardware));
        var hours = quota.HoursBefore(story.Passages.Count);
        return Invariant($"  {story.Makespan / floor:0.000} of the floor by {whose}: {Long(floor)}, which is {hours} h for {quota.PerHour} resets an hour, and {Short(floor - TimeSpan.FromHours(hours))} of hardware");
    }

    private static string Beyond(string until, IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return Invariant($"beyond the hardware, {until}: p50 {At(sorted, 0.5).TotalSeconds:0.0} s, p99 {At(sorted, 0.99).TotalSeconds:0.0} s");
    }

    private static string Long(TimeSpan span) => Invariant($"{(int)span.TotalHours}:{span:mm\\:ss}");

    private static string Short(TimeSpan span) => Invariant($"{(int)span.TotalMinutes}:{span:ss}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
