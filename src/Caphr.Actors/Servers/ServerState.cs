using Caphr.Actors.Servers.Phases;

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

    /// <summary>Since when a Machine holds it, or has asked for it anew after a failure; null while none does.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    public DateTimeOffset? PausedSince { get; init; }

    /// <summary>Null until Robot has told about this server.</summary>
    public ServerRecord? Record { get; init; }

    /// <summary>The host key of the last rescue boot that answered. After a reset that same boot may still answer for seconds, and is not the new one.</summary>
    public string? LastRescueKey { get; init; }

    /// <summary>What went wrong with the running step so far.</summary>
    public Trouble? Trouble { get; init; }

    /// <summary>What the rescue system last told of this server. Null until it did, and when a person has vouched for whatever is there now.</summary>
    public HardwareFacts? Hardware { get; init; }

    /// <summary>Why this server is not offered again when it comes back, though it may be wiped all right.</summary>
    public Doubt? Doubt { get; init; }

    /// <summary>The last wipe that was verified, here and in order.</summary>
    public WipeEvidence? LastWipe { get; init; }

    public Answered Answered { get; init; } = Answered.Nothing;

    /// <summary>When the running phase must have come to its end. Null at rest, and where nothing may ever be forced.</summary>
    public virtual DateTimeOffset? Deadline => null;

    /// <summary>A reset is intended and durable, and whether it was carried out is not known yet.</summary>
    public virtual bool IsPressing => false;

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

    /// <summary>Free, and on its way through the rescue system to be looked at.</summary>
    /// <param name="HostKey">Of what answered on port 22, once something did. That is not proof.</param>
    public sealed record Inspecting(RobotAccess Robot, RescueStage Stage, string? HostKey) : ServerState
    {
        public ClaimId? Freed { get; init; }

        public int Resets { get; init; }

        public DateTimeOffset Until { get; init; }

        public override ServerPhase Phase => ServerPhase.Inspecting;

        public override DateTimeOffset? Deadline => Until;

        public override bool IsPressing => Stage == RescueStage.Pressing;
    }

    /// <summary>Nobody's, and not offered: something about it is wrong or unproven, and a person decides.</summary>
    public sealed record Quarantined(string Reason, string Message) : ServerState
    {
        /// <summary>The claim that was ended last, here.</summary>
        public ClaimId? Freed { get; init; }

        /// <summary>What it was last held for, where that claim did not end in order.</summary>
        public Provision? Last { get; init; }

        /// <summary>The disk that was written for that and not proven wiped since.</summary>
        public DiskFacts? Installed { get; init; }

        /// <summary>It was taken out of our hands as it was, or was never proven to be in them.</summary>
        public bool NodeMayRun => Reason is Wishes.Detached or Releasing.NeverProven;

        public override ServerPhase Phase => ServerPhase.Quarantined;
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

        public override DateTimeOffset? Deadline => Until;
    }

    /// <summary>Held and untouched: nothing is destroyed before there is a configuration to install for.</summary>
    public sealed record Claimed : Held
    {
        public override ServerPhase Phase => ServerPhase.Claimed;
    }

    public sealed record EnteringRescue(Purpose Purpose, RescueStage Stage) : Working
    {
        /// <summary>A node of ours may be running, which can go by itself.</summary>
        public bool AsksNode { get; init; }

        public override ServerPhase Phase => PhaseOf(Purpose, ServerPhase.EnteringRescue);

        public override bool IsPressing => Stage == RescueStage.Pressing;
    }

    /// <summary>A key was accepted by something on port 22. That is not proof.</summary>
    public sealed record InRescue(Purpose Purpose, string HostKey) : Working
    {
        public override ServerPhase Phase => PhaseOf(Purpose, ServerPhase.InRescue);
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

    /// <summary>Its node is not well, or a person wants it started anew: reset, and watched until it is back.</summary>
    public sealed record Repairing(RepairOrder Order, RepairStage Stage, string TalosVersion) : Working
    {
        public override ServerPhase Phase => ServerPhase.Remediating;

        public override bool IsPressing => Stage == RepairStage.Pressing;
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

    private static ServerPhase PhaseOf(Purpose purpose, ServerPhase installing) => purpose switch
    {
        Purpose.Install => installing,
        Purpose.Release => ServerPhase.Releasing,
        Purpose.Diagnose or Purpose.Repair => ServerPhase.Remediating,
        Purpose.Inspect => ServerPhase.Inspecting,
    };
}

/// <summary>Why a server is reset.</summary>
public enum Purpose
{
    Install,
    Release,

    /// <summary>Its node did not come back from any reset: what does the rescue system say?</summary>
    Diagnose,

    /// <summary>To start its own node again, past any rescue order.</summary>
    Repair,

    Inspect,
}

public enum RescueStage
{
    /// <summary>Robot is told that the next network boot is a rescue boot. Harmless, and safe to repeat.</summary>
    Arming,

    /// <summary>The node itself is asked to leave, which costs none of the account's resets. Only on the way back.</summary>
    Dismissing,

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

public enum RepairStage
{
    /// <summary>Nothing is pressed: whether it may be is being asked, or was answered with no for now.</summary>
    Preparing,

    /// <summary>The reset is intended and durable; whether it was carried out is not known yet.</summary>
    Pressing,

    /// <summary>Waiting for the node to boot from its disk.</summary>
    Watching,

    /// <summary>The node has proven itself again; whoever asked for the repair has not said that it is well yet.</summary>
    Returned,
}

/// <summary>Why a server is not to be trusted further than its wipe.</summary>
public sealed record Doubt(string Reason, string Message);

/// <summary>That a disk was wiped and read back, when, and of what.</summary>
public sealed record WipeEvidence(DateTimeOffset At, DiskFacts Disk, ObjectName Machine);

/// <summary>The last request of each kind that was answered, so that each is answered once. Their tokens are whatever a person wrote.</summary>
public sealed record Answered(string? Inspect, string? PowerCycle, string? Retry, string? Accept, string? Repair)
{
    public RequestAnswer? Last { get; init; }

    public static Answered Nothing { get; } = new(null, null, null, null, null);
}

/// <summary>What a person was told last.</summary>
public sealed record RequestAnswer(ServerRequest Request, bool Granted, string Message);

/// <summary>What one claim has spent of what is scarce. Counted when intended, so a lost reply is never free.</summary>
public sealed record RescueTally(int Attempts, int Resets);

/// <summary>A step that was tried and did not succeed: what a person reads in the meantime.</summary>
public sealed record Trouble(int Failures, string Reason, string Message, DateTimeOffset RetryAt);
