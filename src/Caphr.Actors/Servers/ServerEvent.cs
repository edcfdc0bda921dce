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

    public sealed record RescueIntended(DateTimeOffset At, Purpose Purpose, DateTimeOffset Until) : ServerEvent(At);

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

    public sealed record GaveUp(DateTimeOffset At, string Reason, string Message) : ServerEvent(At);

    /// <summary>A person asked for another try: the claim begins anew.</summary>
    public sealed record RetryAsked(DateTimeOffset At, Provision Plan) : ServerEvent(At);

    public sealed record WorkPaused(DateTimeOffset At) : ServerEvent(At);

    /// <summary>The time spent paused is given back to the deadline.</summary>
    public sealed record WorkResumed(DateTimeOffset At) : ServerEvent(At);

    /// <summary>Destructive intent: this disk of this machine held what was installed for the claim.</summary>
    public sealed record WipeIntended(DateTimeOffset At, RescueBoot Boot, DiskFacts Disk, DateTimeOffset Until) : ServerEvent(At);

    public sealed record Released(DateTimeOffset At, bool Wiped) : ServerEvent(At);
}
