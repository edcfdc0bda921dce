using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Asks, right before a call, what speaks against it; null when nothing does.</summary>
internal delegate Task<StepProblem?> WhyNot(CancellationToken cancellation);

/// <summary>One call to Robot, with what the account needs to know to find its turn.</summary>
internal sealed record RobotAsk<T>(RobotQuota Quota, Func<RobotClient, CancellationToken, Task<Outcome<T, RobotFailure>>> Call)
{
    /// <summary>Those who ask the same share one answer. Null for what must be done for each of them.</summary>
    public string? Shared { get; init; }

    /// <summary>Whether what was read before may be wrong afterwards.</summary>
    public bool Changes { get; init; }

    /// <summary>What would speak against it when its turn has come. Not for what others share.</summary>
    public WhyNot? WhyNot { get; init; }

    /// <summary>For how long the answer stays true enough for whoever does not mind.</summary>
    public TimeSpan Keeps { get; init; }
}
