namespace Caphr.Actors.Servers;

/// <summary>
/// What is held to be true of a server from now on. Names and members are storage format: old ones stay readable. Every event
/// carries its time, because a journal is also a story.
/// </summary>
public abstract record ServerEvent(DateTimeOffset At)
{
    public sealed record AccessGiven(DateTimeOffset At, RobotAccess? Robot) : ServerEvent(At);

    public sealed record Identified(DateTimeOffset At, ServerRecord Record) : ServerEvent(At);

    public sealed record ClaimAccepted(DateTimeOffset At, Provision Plan) : ServerEvent(At);

    /// <summary>The claim's node may be running already: it will be recognised, never installed.</summary>
    public sealed record ClaimAdopted(DateTimeOffset At, Provision Plan) : ServerEvent(At);

    public sealed record PlanChanged(DateTimeOffset At, Provision Plan) : ServerEvent(At);

    public sealed record RescueIntended(DateTimeOffset At, Purpose Purpose, DateTimeOffset Until) : ServerEvent(At)
    {
        /// <summary>A node of ours may be running, and is asked to go before a reset makes it.</summary>
        public bool AsksNode { get; init; }
    }

    public sealed record ResetIntended(DateTimeOffset At, DateTimeOffset Until) : ServerEvent(At);

    /// <summary>From here on the server is observed; <paramref name="Known"/> tells whether Robot confirmed the reset.</summary>
    public sealed record ResetPressed(DateTimeOffset At, bool Known) : ServerEvent(At);

    public sealed record RescueReached(DateTimeOffset At, string HostKey, DateTimeOffset Until) : ServerEvent(At);

    /// <summary>Destructive intent: this disk, of this very machine, for this claim. The facts are checked again on the server.</summary>
    public sealed record InstallIntended(DateTimeOffset At, RescueBoot Boot, DiskFacts Disk, DateTimeOffset Until) : ServerEvent(At);

    public sealed record ImageWritten(DateTimeOffset At, long Bytes, string? Sha256, DateTimeOffset Until) : ServerEvent(At);

    public sealed record RescueLeft(DateTimeOffset At) : ServerEvent(At);

    public sealed record MaintenanceReached(DateTimeOffset At, MaintenanceTalos Talos, DateTimeOffset Until) : ServerEvent(At);

    public sealed record ConfigurationAccepted(DateTimeOffset At, DateTimeOffset Until) : ServerEvent(At)
    {
        /// <summary>Where the configuration said something itself, which was left. The keys only: what it says is not for the journal.</summary>
        public IReadOnlyList<string> Kept { get; init; } = [];

        // Lists compare by reference in records; events are equal when they say the same.
        public bool Equals(ConfigurationAccepted? other) => base.Equals(other) && Until == other.Until && Kept.SequenceEqual(other.Kept);

        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Until, Kept.Count);
    }

    public sealed record NodeProven(DateTimeOffset At, string TalosVersion) : ServerEvent(At);

    /// <summary>The step did not succeed and is tried again at <paramref name="RetryAt"/>.</summary>
    public sealed record StepRefused(DateTimeOffset At, string Reason, string Message, DateTimeOffset RetryAt, bool Counted) : ServerEvent(At);

    /// <summary>What a server at rest waited for is there, or not wanted any more.</summary>
    public sealed record WaitEnded(DateTimeOffset At) : ServerEvent(At);

    public sealed record GaveUp(DateTimeOffset At, string Reason, string Message) : ServerEvent(At);

    /// <summary>A person asked for another try: the claim begins anew.</summary>
    public sealed record RetryAsked(DateTimeOffset At, Provision Plan) : ServerEvent(At);

    public sealed record WorkPaused(DateTimeOffset At) : ServerEvent(At);

    /// <summary>The time spent paused is given back to the deadline.</summary>
    public sealed record WorkResumed(DateTimeOffset At) : ServerEvent(At);

    /// <summary>Destructive intent: this disk of this machine held what was installed for the claim.</summary>
    public sealed record WipeIntended(DateTimeOffset At, RescueBoot Boot, DiskFacts Disk, DateTimeOffset Until) : ServerEvent(At);

    public sealed record Released(DateTimeOffset At, bool Wiped) : ServerEvent(At);

    /// <summary>On the way back, the node itself is about to be told to leave, erase its disk and restart.</summary>
    public sealed record DismissalIntended(DateTimeOffset At) : ServerEvent(At);

    /// <summary>The node leaves by itself; no reset is needed unless it never arrives.</summary>
    public sealed record NodeDismissed(DateTimeOffset At) : ServerEvent(At);

    public sealed record InspectionIntended(DateTimeOffset At, RobotAccess Robot, DateTimeOffset Until) : ServerEvent(At);

    /// <summary>What a proven rescue system told of the server.</summary>
    public sealed record HardwareSeen(DateTimeOffset At, HardwareFacts Hardware) : ServerEvent(At);

    public sealed record Inspected(DateTimeOffset At) : ServerEvent(At);

    /// <summary>It is nobody's any more, and is not offered either.</summary>
    public sealed record Quarantined(DateTimeOffset At, string Reason, string Message) : ServerEvent(At)
    {
        /// <summary>A claim that this journal never took up and that ends with it all the same.</summary>
        public ClaimId? Ends { get; init; }
    }

    /// <summary>The objects say that it was in quarantine before this journal knew it.</summary>
    public sealed record Doubted(DateTimeOffset At, string Reason, string Message) : ServerEvent(At);

    /// <summary>A person vouches for the server as it is.</summary>
    public sealed record QuarantineLifted(DateTimeOffset At) : ServerEvent(At);

    /// <summary>A person wants another try to wipe a server that is in quarantine.</summary>
    public sealed record WipeAsked(DateTimeOffset At, Provision Plan, DateTimeOffset Until) : ServerEvent(At);

    /// <summary>A person's request was taken up or declined. Each is answered once.</summary>
    public sealed record RequestAnswered(DateTimeOffset At, ServerRequest Request, string Token, bool Granted, string Message) : ServerEvent(At);

    public sealed record RepairBegun(DateTimeOffset At, RepairOrder Order) : ServerEvent(At);

    /// <summary>After a reset, the node has proven itself again.</summary>
    public sealed record NodeReturned(DateTimeOffset At, string TalosVersion) : ServerEvent(At);

    /// <summary>Whoever asked for the repair finds the node well, or wants nothing more done.</summary>
    public sealed record RepairEnded(DateTimeOffset At, bool Returned) : ServerEvent(At);
}
