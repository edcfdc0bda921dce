using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>One call to Robot, with what the account needs to know to find its turn.</summary>
internal sealed record RobotAsk<T>(RobotQuota Quota, Func<RobotClient, CancellationToken, Task<Outcome<T, RobotFailure>>> Call)
{
    /// <summary>Those who ask the same share one answer. Null for what must be done for each of them.</summary>
    public string? Shared { get; init; }

    /// <summary>Whether what was read before may be wrong afterwards.</summary>
    public bool Changes { get; init; }

    /// <summary>For how long the answer stays true enough for whoever does not mind.</summary>
    public TimeSpan Keeps { get; init; }
}
