using Caphr.Lab.Robot;
using Caphr.Lab.Talos;

namespace Caphr.Lab.World.Faults;

/// <summary>What breaks, and where. Its words are those of <see cref="FaultText"/>.</summary>
public abstract record LabFault
{
    private LabFault() { }

    public sealed override string ToString() => FaultText.Of(this);

    /// <param name="Server">Its number; null is the server whose doing was the occasion.</param>
    /// <param name="Kind">What goes wrong.</param>
    /// <param name="Times">How often; null is as often as the kind does by nature.</param>
    public sealed record OfServer(int? Server, ServerFault Kind, int? Times = null) : LabFault;

    public sealed record OfRobot(RobotScenario Kind) : LabFault;

    /// <param name="Kind">What becomes of the answer.</param>
    /// <param name="Times">Of how many.</param>
    /// <param name="Method">Only of these requests; null: all.</param>
    /// <param name="Template">Only of these requests, such as <c>/reset/{server}</c>; null: all.</param>
    public sealed record OfReply(RobotFault Kind, int Times = 1, string? Method = null, string? Template = null) : LabFault;

    public sealed record OfTalos(int? Server, TalosFault Kind) : LabFault;

    public sealed record OfApi(ApiFault Kind, int Times = 1) : LabFault;

    public sealed record OfClock(TimeSpan Jump) : LabFault;
}

/// <summary>What can go wrong with the Kubernetes API.</summary>
public enum ApiFault
{
    /// <summary>Every connection is broken without an answer, until it is healed.</summary>
    Partition,

    /// <summary>Every open watch is broken once.</summary>
    WatchesDropped,

    /// <summary>The history is forgotten: whoever resumes a watch is told 410 Gone.</summary>
    HistoryForgotten,

    /// <summary>The next requests are answered 409.</summary>
    Conflicts,

    /// <summary>The next requests are answered 429.</summary>
    Overloaded,

    /// <summary>The next requests are answered 503.</summary>
    Unavailable,
}
