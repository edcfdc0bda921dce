using System.Globalization;

namespace Caphr.Benchmarks;

/// <summary>
/// Runs contests and prints them. Rounds alternate (ours, baseline, ours …), so that whatever else the machine is doing meets both sides, and a ratio is
/// made within a round. Above 1, ours is the faster one.
/// </summary>
internal sealed class Report(TextWriter output, TimeProvider clock, IReadOnlyList<string> words)
{
    private const int Rounds = 5;

    /// <param name="units">How many units of work one call of either side does.</param>
    public async Task CompareAsync(string name, int units, Func<Task> ours, Func<Task> baseline, double? goal = null)
    {
        if (IsLeftOut(name)) return;
        // Whatever is compiled or opened for the first time is not what is measured.
        await ours();
        await baseline();

        var rounds = new List<(Measure Ours, Measure Baseline)>();
        for (var i = 0; i < Rounds; i++) rounds.Add((await MeasureAsync(ours), await MeasureAsync(baseline)));

        var ratios = rounds.Select(round => round.Baseline.Seconds / round.Ours.Seconds).Order().ToList();
        var wanted = goal is { } atLeast ? Invariant($"  goal {atLeast:0.0} {(ratios[Rounds / 2] >= atLeast ? "met" : "MISSED")}") : "";
        await output.WriteLineAsync(Invariant($"{name,-58} ratio {ratios[0]:0.00} / {ratios[Rounds / 2]:0.00} / {ratios[^1]:0.00} (min/median/max){wanted}"));
        await output.WriteLineAsync($"{"",-58} ours {Side(rounds.Select(round => round.Ours), units)}; baseline {Side(rounds.Select(round => round.Baseline), units)}");
    }

    /// <summary>Bytes that stay, for each of many.</summary>
    public async Task CompareMemoryAsync(string name, int count, Func<IEnumerable<object>> ours, Func<IEnumerable<object>> baseline)
    {
        if (IsLeftOut(name)) return;
        var ratios = new List<(double Ours, double Baseline)>();
        for (var i = 0; i < Rounds; i++) ratios.Add((Kept(ours, count), Kept(baseline, count)));
        var ordered = ratios.Select(round => round.Ours / round.Baseline).Order().ToList();
        await output.WriteLineAsync(Invariant($"{name,-58} times {ordered[0]:0.00} / {ordered[Rounds / 2]:0.00} / {ordered[^1]:0.00} (min/median/max; less is better)"));
        await output.WriteLineAsync(Invariant($"{"",-58} ours {ratios[^1].Ours:0} bytes each; baseline {ratios[^1].Baseline:0} bytes each"));
    }

    private bool IsLeftOut(string name) => words.Count > 0 && !words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private async Task<Measure> MeasureAsync(Func<Task> side)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var began = clock.GetTimestamp();
        await side();
        return new Measure(clock.GetElapsedTime(began).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }

    private static double Kept(Func<IEnumerable<object>> make, int count)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = make().ToArray();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return (double)(after - before) / count;
    }

    private static string Side(IEnumerable<Measure> measures, int units)
    {
        var median = measures.OrderBy(measure => measure.Seconds).ElementAt(Rounds / 2);
        return Invariant($"{units / median.Seconds:N0}/s, {(double)median.Bytes / units:0} bytes allocated each");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Measure(double Seconds, long Bytes);
}
