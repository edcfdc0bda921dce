using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>How much of Robot's quotas CAPHR takes. The rest is for people, who use the same account in Robot's own pages and scripts.</summary>
/// <param name="Reserve">The share that is left alone, from 0 to 1.</param>
internal sealed record Budget(double Reserve)
{
    public const double DefaultReserve = 0.2;

    /// <summary>
    /// A grant counts from when it is written down, by the minute, and Robot counts from when the call arrives, which may be half a minute later: so
    /// it is remembered for two minutes longer than Robot's hour.
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(62);

    public double Reserve { get; } = Reserve is >= 0 and < 1 ? Reserve : throw new ArgumentOutOfRangeException(nameof(Reserve), Reserve, "The reserve is a share from 0 to below 1.");

    /// <summary>How many calls of the window may have been made so that a call for this lane is still made.</summary>
    public int Allowance(RobotQuota quota, RobotLane lane)
    {
        var ours = Math.Max(1, (int)(quota.PerHour * (1 - Reserve)));
        return IsUrgent(lane) ? ours : Math.Max(1, ours - (ours / 10));
    }

    /// <summary>A tenth is kept for these: what can wait does not use up what cannot.</summary>
    public static bool IsUrgent(RobotLane lane) => lane is RobotLane.Fence or RobotLane.Recover;
}
