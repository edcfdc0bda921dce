using System.Globalization;

namespace Caphr.Benchmarks;

/// <summary>
/// Runs contests and prints them as one table. Rounds alternate (ours, baseline, ours …), so that whatever else the machine is doing meets both sides,
/// and a ratio is made within a round. Above 1, ours is the faster or the smaller one.
/// </summary>
internal sealed class Report(TextWriter output, TimeProvider clock, IReadOnlyList<string> words)
{
    private const int WarmUps = 2;
    private const int Rounds = 5;

    public Task BeginAsync() => output.WriteLineAsync(
        $"""
        Each ratio is made within one of {Rounds} rounds; above 1, ours is the faster or the smaller one.

        {Line("ours, against the baseline", "min", "median", "max", "goal", "ours", "baseline")}
        {Line(new string('-', 80), "---:", "---:", "---:", ":---", "---:", "---:")}
        """);

    public Task CompareAsync(string name, int units, Func<Task> ours, Func<Task> baseline) =>
        CompareAsync(name, units, () => Task.FromResult(new Contestant(ours)), () => Task.FromResult(new Contestant(baseline)));

    /// <param name="units">How many units of work one run of either side does.</param>
    /// <param name="goal">What the median of the ratios has to reach.</param>
    public Task CompareAsync(string name, int units, Func<Task<Contestant>> ours, Func<Task<Contestant>> baseline, double? goal = null) =>
        CompareAsync(name, units, () => clock.GetElapsedTime(0), ours, baseline, goal);

    /// <summary>What the processor works for it, of all threads of this process together: units for each second of one core.</summary>
    public Task CompareCpuAsync(string name, int units, Func<Task> ours, Func<Task> baseline) =>
        CompareAsync(name, units, () => Environment.CpuUsage.TotalTime, () => Task.FromResult(new Contestant(ours)), () => Task.FromResult(new Contestant(baseline)), goal: null);

    private async Task CompareAsync(string name, int units, Func<TimeSpan> spent, Func<Task<Contestant>> ours, Func<Task<Contestant>> baseline, double? goal)
    {
        if (IsLeftOut(name)) return;
        var rounds = new List<(double Ours, double Baseline)>();
        for (var i = 0; i < WarmUps + Rounds; i++) rounds.Add((await SecondsAsync(spent, ours), await SecondsAsync(spent, baseline)));
        // Compiling, and compiling again for speed, is not what is measured.
        rounds.RemoveRange(0, WarmUps);
        await PrintAsync(name, [.. rounds.Select(round => round.Baseline / round.Ours)], goal, Rate(rounds.Select(round => round.Ours)), Rate(rounds.Select(round => round.Baseline)));

        string Rate(IEnumerable<double> seconds) => Invariant($"{units / Median([.. seconds]):N0}/s");
    }

    /// <summary>Bytes that stay, for each of many.</summary>
    public async Task CompareMemoryAsync(string name, int count, Func<IEnumerable<object>> ours, Func<IEnumerable<object>> baseline)
    {
        if (IsLeftOut(name)) return;
        var rounds = new List<(double Ours, double Baseline)>();
        for (var i = 0; i < Rounds; i++) rounds.Add((Kept(ours, count), Kept(baseline, count)));
        await PrintAsync(name, [.. rounds.Select(round => round.Baseline / round.Ours)], goal: null, Bytes(rounds.Select(round => round.Ours)), Bytes(rounds.Select(round => round.Baseline)));

        static string Bytes(IEnumerable<double> bytes) => Invariant($"{Median([.. bytes]):N0} bytes");
    }

    /// <summary>Bytes for each of many, measured once and elsewhere.</summary>
    public Task TellMemoryAsync(string name, double ours, double baseline) =>
        PrintAsync(name, [baseline / ours], goal: null, Invariant($"{ours:N0} bytes"), Invariant($"{baseline:N0} bytes"));

    /// <summary>What has no baseline beside it.</summary>
    public Task TellAsync(string name, string lines) => output.WriteLineAsync($"\n{name}:\n  {lines.ReplaceLineEndings("\n  ")}");

    /// <summary>Nobody wants to see any of these, so what they need can be left out too.</summary>
    public bool IsLeftOut(string name) => words.Count > 0 && !words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static async Task<double> SecondsAsync(Func<TimeSpan> spent, Func<Task<Contestant>> ready)
    {
        await using var contestant = await ready();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var began = spent();
        await contestant.RunAsync();
        return (spent() - began).TotalSeconds;
    }

    private static double Kept(Func<IEnumerable<object>> make, int count)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = make().ToArray();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return (double)(after - before) / count;
    }

    private Task PrintAsync(string name, IReadOnlyList<double> ratios, double? goal, string ours, string baseline)
    {
        var median = Median(ratios);
        var reached = goal is { } atLeast ? Invariant($"{atLeast:0.0} {(median >= atLeast ? "met" : "MISSED")}") : "";
        return output.WriteLineAsync(Line(name, Ratio(ratios.Min()), Ratio(median), Ratio(ratios.Max()), reached, ours, baseline));

        static string Ratio(double ratio) => Invariant($"{ratio:0.00}");
    }

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Line(string name, string min, string median, string max, string goal, string ours, string baseline) =>
        $"| {name,-80} | {min,5} | {median,6} | {max,5} | {goal,-10} | {ours,12} | {baseline,12} |";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
