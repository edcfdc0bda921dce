using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.Troubles;

namespace Caphr.Simulation.Tests.Runs;

internal enum Verdict
{
    Good,

    /// <summary>Something happened that must never happen.</summary>
    Unsafe,

    /// <summary>Everything was healed, and what was wanted never came about.</summary>
    Stuck,

    /// <summary>The simulation itself could not go on.</summary>
    Crashed,
}

/// <param name="Why">In one sentence; empty when all was well.</param>
/// <param name="Hash">Of everything that happened.</param>
/// <param name="Lives">Ways of servers from a claim to a node, and back, that were begun.</param>
internal sealed record RunResult(SimulationOptions Options, Verdict Verdict, string Why, string Hash, int Lines, TimeSpan Virtual, int Lives, IReadOnlyList<Trouble> Troubles, IReadOnlyList<string> Log, Coverage Coverage)
{
    /// <summary>What a failure has in common with a smaller one of the same kind.</summary>
    public string Signature => $"{Verdict} {(Verdict == Verdict.Unsafe ? Why.Split(':')[0] : "")}";
}
