using Caphr.Simulation.Tests.Troubles;

namespace Caphr.Simulation.Tests.Runs;

/// <summary>Makes a failing run smaller while it fails in the same way: fewer troubles first, because they are what a person has to understand.</summary>
internal static class Shrink
{
    private const int MostRuns = 60;

    public static RunResult Of(RunResult failed)
    {
        var smallest = failed;
        var runs = 0;
        var kept = failed.Options.Keep ?? [.. Enumerable.Range(0, TroubleDraw.Of(failed.Options).Count)];
        for (var chunk = Math.Max(1, kept.Count / 2); chunk >= 1 && runs < MostRuns; chunk /= 2)
        {
            for (var from = 0; from < kept.Count && runs < MostRuns;)
            {
                IReadOnlyList<int> fewer = [.. kept.Take(from), .. kept.Skip(from + chunk)];
                if (Try(smallest.Options with { Keep = fewer })) kept = fewer;
                else from += chunk;
            }
        }

        if (smallest.Options.Replicas > 1) Try(smallest.Options with { Replicas = 1 });
        return smallest;

        bool Try(SimulationOptions options)
        {
            runs++;
            var result = SimulationRun.Run(options);
            if (result.Signature != failed.Signature) return false;
            smallest = result;
            return true;
        }
    }
}
