using System.Globalization;
using System.Reflection;
using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.Runs.Fleets;
using Caphr.Simulation.Tests.Troubles;

namespace Caphr.Simulation.Tests.Runs;

/// <summary>
/// <c>SEED=n</c> replays one run and says all of it; <c>SEEDS=n</c> and <c>MINUTES=n</c> run many, from <c>FROM=n</c> on. What a seed stands for can be
/// overridden, as the line of a failing run says. <c>FLEET=n</c> is about time instead of trouble.
/// </summary>
internal sealed class SimCommand(IReadOnlyDictionary<string, string> words, TextWriter output, TimeProvider clock)
{
    public const string HeldToBeImpossible = "held to be impossible";

    private const int Usage = 64;
    private const int FewLines = 40;
    private const int DefaultSeeds = 100;

    private static readonly string[] s_known = ["SEED", "SEEDS", "MINUTES", "FROM", "SERVERS", "MACHINES", "REPLICAS", "TROUBLES", "KEEP", "LOG", "TRACE", "JOBS", "COVERAGE", "ALL", "SHRINK", "FLEET"];

    public static int Run(string[] arguments, TextWriter output, TimeProvider clock)
    {
        var words = arguments.Select(argument => argument.Split('=', 2)).Where(word => word is [_, { Length: > 0 }]).ToDictionary(word => word[0], word => word[1], StringComparer.Ordinal);
        if (words.Keys.FirstOrDefault(word => !s_known.Contains(word)) is { } unknown)
        {
            output.WriteLine($"There is no {unknown}. There is: {string.Join(", ", s_known)}.");
            return Usage;
        }

        var command = new SimCommand(words, output, clock);
        if (command.Number("FLEET") is { } servers) return FleetCommand.Run(servers, command.Number("SEED") ?? 1, output, clock);
        return words.ContainsKey("SEED") ? command.Replay() : command.Many();
    }

    private int Replay()
    {
        var options = OptionsOf(Number("SEED") ?? 1);
        Say($"{options} COMMIT={Commit}");
        using var trace = words.TryGetValue("TRACE", out var path) ? new StreamWriter(path) : null;
        var result = SimulationRun.Run(options, trace is null ? null : trace.Write);
        foreach (var trouble in result.Troubles) Say($"  {trouble}");
        if (result.Verdict != Verdict.Good || words.ContainsKey("LOG")) foreach (var line in result.Log.TakeLast(words.ContainsKey("LOG") ? int.MaxValue : FewLines)) Say($"  {line}");
        Say(Sentence(result));
        return (int)result.Verdict;
    }

    private int Many()
    {
        var (began, worked) = (clock.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var end = Number("MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : TimeSpan.MaxValue;
        var from = Number("FROM") ?? 1;
        var count = Number("SEEDS") ?? (end == TimeSpan.MaxValue ? DefaultSeeds : int.MaxValue - from);
        var next = from - 1;
        var gate = new Lock();
        var coverage = new Coverage();
        var (runs, lives, spent) = (0, 0, TimeSpan.Zero);
        RunResult? failed = null;
        Say($"FROM={from} COMMIT={Commit}");

        // Each world is one thread of its own from beginning to end.
        var threads = Enumerable.Range(0, Number("JOBS") ?? Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        var (real, work) = (clock.GetElapsedTime(began), Environment.CpuUsage.TotalTime - worked);
        var missing = coverage.Missing(TroubleDraw.Kinds).ToList();
        foreach (var one in missing.Take(words.ContainsKey("COVERAGE") ? int.MaxValue : 0)) Say($"  not met: {one}");
        if (!words.ContainsKey("COVERAGE")) Say($"{missing.Count} kinds of events, phases, states and troubles were not met in full; COVERAGE=1 names them.");
        foreach (var one in coverage.Unexpected()) Say($"  {HeldToBeImpossible}: {one}");
        Say($"{coverage.Met.Count} of {Pairs.Possible.Count} pairs of a state and an input were met.");
        Say(string.Create(CultureInfo.InvariantCulture, $"{runs} runs, {lives} lives of servers, {spent.TotalHours:0} hours of theirs in {real.TotalSeconds:0} s: {lives / real.TotalMinutes:0} lives a minute, {work.TotalSeconds / lives:0.000} s of a core for each."));
        if (failed is null) return 0;

        Say(Sentence(failed));
        if (words.GetValueOrDefault("SHRINK") == "no") return (int)failed.Verdict;
        var smallest = Shrink.Of(failed);
        foreach (var trouble in smallest.Troubles) Say($"  {trouble}");
        foreach (var line in smallest.Log.TakeLast(FewLines)) Say($"  {line}");
        Say($"make sim {smallest.Options}");
        Say(Sentence(smallest));
        return (int)failed.Verdict;

        void Work()
        {
            while (true)
            {
                var seed = Interlocked.Increment(ref next);
                if (seed >= from + count || failed is not null || clock.GetElapsedTime(began) > end) return;
                var result = SimulationRun.Run(OptionsOf(seed));
                lock (gate)
                {
                    runs++;
                    lives += result.Lives;
                    spent += result.Virtual;
                    coverage.Add(result.Coverage);
                    if (result.Verdict != Verdict.Good && words.ContainsKey("ALL"))
                    {
                        Say(Sentence(result));
                        continue;
                    }

                    if (result.Verdict != Verdict.Good && (failed is null || result.Options.Seed < failed.Options.Seed)) failed = result;
                }
            }
        }
    }

    private SimulationOptions OptionsOf(int seed)
    {
        var options = SimulationOptions.Of(seed);
        return options with
        {
            Servers = Number("SERVERS") ?? options.Servers,
            Machines = Number("MACHINES") ?? options.Machines,
            Replicas = Number("REPLICAS") ?? options.Replicas,
            Troubles = Number("TROUBLES") ?? options.Troubles,
            Keep = words.GetValueOrDefault("KEEP") switch
            {
                null => null,
                "none" => [],
                var list => [.. list.Split(',').Select(one => int.Parse(one, CultureInfo.InvariantCulture))],
            },
        };
    }

    private static string Commit => typeof(SimCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string Sentence(RunResult result) => string.Create(
        CultureInfo.InvariantCulture, $"{result.Options}: {result.Verdict}{(result.Why.Length > 0 ? $", {result.Why}" : "")} (trace {result.Hash}, {result.Lines} lines, {result.Virtual:hh\\:mm\\:ss} of virtual time)");

    private int? Number(string word) => words.TryGetValue(word, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private void Say(string line) => output.WriteLine(line);
}
