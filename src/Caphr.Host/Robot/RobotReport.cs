using Caphr.Actors.Servers;

namespace Caphr.Host.Robot;

/// <summary>How an account stands, in numbers. Published on the system's event stream when it opens or closes, and now and then while it works.</summary>
/// <param name="User">Null before the first answer.</param>
/// <param name="Whole">What keeps everything from being asked; null when nothing does.</param>
/// <param name="Calls">Made since this process began.</param>
/// <param name="Spared">Questions that needed no call of their own.</param>
internal sealed record RobotReport(
    ObjectName Secret,
    string? User,
    DateTimeOffset At,
    Closure? Whole,
    int UnderWay,
    long Calls,
    long Spared,
    IReadOnlyList<LaneReport> Lanes,
    IReadOnlyList<EndpointReport> Endpoints)
{
    /// <summary>When Robot last took the login; null before, and after it was refused.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }
}

/// <param name="LongestWait">Of those who wait now.</param>
/// <param name="Served">Since this process began.</param>
/// <param name="Waited">By all who were served, together.</param>
internal sealed record LaneReport(RobotLane Lane, int Waiting, TimeSpan LongestWait, long Served, TimeSpan Waited);

/// <param name="Used">Within the window, by all replicas, as far as was last heard.</param>
/// <param name="Allowance">What the most urgent lane may use.</param>
internal sealed record EndpointReport(string Name, int Used, int Allowance, int PerHour, Closure? Closed);
