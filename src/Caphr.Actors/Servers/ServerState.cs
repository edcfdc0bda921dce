namespace Caphr.Actors.Servers;

/// <summary>
/// Where a server stands: the fold of its events. Each state carries what is known there and nothing else; only what is being
/// worked on has a deadline.
/// </summary>
public abstract record ServerState
{
    private ServerState() { }

    public abstract ServerPhase Phase { get; }

    public required ServerNumber Number { get; init; }

    /// <summary>Counts the steps of this server's life. The running step's effect carries it, so an older step's late answer is known as such.</summary>
    public int Step { get; init; }

    /// <summary>When the present phase was entered.</summary>
    public DateTimeOffset Since { get; init; }

    public DateTimeOffset? PausedSince { get; init; }

    /// <summary>Null until Robot has told about this server.</summary>
    public ServerRecord? Record { get; init; }

    /// <summary>The host key of the last rescue boot that answered. After a reset that same boot may still answer for seconds, and is not the new one.</summary>
    public string? LastRescueKey { get; init; }

    /// <summary>What went wrong with the running step so far.</summary>
    public Trouble? Trouble { get; init; }

    /// <summary>Known by number alone: nothing is done to it but asking Robot.</summary>
    public sealed record Registered(RobotAccess? Robot) : ServerState
    {
        public override ServerPhase Phase => ServerPhase.Registered;
    }

    public sealed record Available : ServerState
    {
        /// <summary>The claim that was ended last, here and in order. A claim that this journal never saw was not.</summary>
        public ClaimId? Freed { get; init; }

        public override ServerPhase Phase => ServerPhase.Available;
    }

    /// <summary>A Machine holds this server.</summary>
    public abstract record Held : ServerState
    {
        public required Provision Plan { get; init; }

        /// <summary>The disk that was written, or was about to be, for this claim. Null: nothing on this server was touched by us.</summary>
        public DiskFacts? Installed { get; init; }
    }

    /// <summary>Something is under way that must come to an end.</summary>
    public abstract record Working : Held
    {
        public RescueTally Tally { get; init; } = new(Attempts: 0, Resets: 0);

        /// <summary>Null for an adopted server: nothing about it may ever be forced.</summary>
        public DateTimeOffset? Until { get; init; }
    }

    /// <summary>Held and untouched: nothing is destroyed before there is a configuration to install for.</summary>
    public sealed record Claimed : Held
    {
        public override ServerPhase Phase => ServerPhase.Claimed;
    }

    public sealed record EnteringRescue(Purpose Purpose, RescueStage Stage) : Working
    {
        public override ServerPhase Phase => Purpose == Purpose.Install ? ServerPhase.EnteringRescue : ServerPhase.Releasing;
    }

    /// <summary>A key was accepted by something on port 22. That is not proof.</summary>
    public sealed record InRescue(Purpose Purpose, string HostKey) : Working
    {
        public override ServerPhase Phase => Purpose == Purpose.Install ? ServerPhase.InRescue : ServerPhase.Releasing;
    }

    /// <param name="Attempt">
    /// The step at which this writing was intended. Steps that are lost to a broken connection do not change it, so that the writer, which goes on
    /// without us, is found again; a writing that is to begin anew has another.
    /// </param>
    public sealed record Installing(RescueBoot Boot, DiskFacts Disk, int Attempt) : Working
    {
        public override ServerPhase Phase => ServerPhase.Installing;
    }

    public sealed record Booting(RescueBoot Boot, DiskFacts Disk, BootStage Stage) : Working
    {
        public override ServerPhase Phase => ServerPhase.Booting;
    }

    public sealed record Configuring(RescueBoot Boot, DiskFacts Disk, MaintenanceTalos Talos) : Working
    {
        public override ServerPhase Phase => ServerPhase.Configuring;
    }

    public sealed record Joining : Working
    {
        public override ServerPhase Phase => ServerPhase.Joining;
    }

    public sealed record Provisioned(string TalosVersion) : Held
    {
        public override ServerPhase Phase => ServerPhase.Provisioned;
    }

    /// <summary>In the rescue system, erasing what was installed for the claim that ends.</summary>
    public sealed record Wiping(RescueBoot Boot, DiskFacts Disk) : Working
    {
        public override ServerPhase Phase => ServerPhase.Releasing;
    }

    /// <summary>At rest and explained, until a person asks for another try or deletes the Machine.</summary>
    public sealed record Failed(ServerPhase In, string Reason, string Message) : Held
    {
        public override ServerPhase Phase => ServerPhase.Failed;
    }
}

/// <summary>Why a server is brought into the rescue system.</summary>
public enum Purpose
{
    Install,
    Release,
}

public enum RescueStage
{
    /// <summary>Robot is told that the next network boot is a rescue boot. Harmless, and safe to repeat.</summary>
    Arming,

    /// <summary>The reset is intended and durable; whether it was carried out is not known yet.</summary>
    Pressing,

    /// <summary>The machine is on its way, or should be: only observing from here on.</summary>
    Awaiting,
}

public enum BootStage
{
    Leaving,
    AwaitingTalos,
}

/// <summary>What one claim has spent of what is scarce. Counted when intended, so a lost reply is never free.</summary>
public sealed record RescueTally(int Attempts, int Resets);

/// <summary>A step that was tried and did not succeed: what a person reads in the meantime.</summary>
public sealed record Trouble(int Failures, string Reason, string Message, DateTimeOffset RetryAt);
