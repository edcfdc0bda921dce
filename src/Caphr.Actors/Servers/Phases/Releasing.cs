namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// The Machine is being deleted and the server goes back. What was installed for it must not live on: its node is told to go, or is reset, into
/// the rescue system (which also fences it), the disk we wrote is wiped, and only then is the server Available. A server we never wrote to is
/// free at once; one with which anything of this goes wrong is put into quarantine.
/// </summary>
internal static class Releasing
{
    /// <summary>Why a server is in quarantine that was only said to be a Machine's node.</summary>
    public const string NeverProven = "NeverProven";

    public static IReadOnlyList<ServerEvent> Begin(ServerState.Held state, HoldBack? hold, DateTimeOffset now) => state switch
    {
        // Already on its way back.
        ServerState.EnteringRescue { Purpose: Purpose.Release } or ServerState.InRescue { Purpose: Purpose.Release } or ServerState.Wiping => [],
        // How a reset ended must be heard first; the wish is seen again right after.
        { IsPressing: true } => [],
        // In a journal of before there was a quarantine: a person decides, because the old system may still be running.
        ServerState.Failed { In: ServerPhase.Releasing } => [],
        ServerState.Joining { Plan.OnlyNamed: true } or ServerState.Failed { In: ServerPhase.Joining, Plan.OnlyNamed: true } =>
            [new ServerEvent.Quarantined(now, NeverProven, "It was named as the node of a Machine and has never proven to be: nothing was done to it, and whatever runs there may be somebody else's.")],
        { Installed: null, Plan.AlreadyNode: false } => Ending.Free(state, wiped: false, now),
        // The node is left running: fenced and not wiped, it would be of no use to anybody.
        _ when Permits.Missing(state, now) is { } missing => Permits.Await(state, missing, now),
        _ when hold is not null => Permits.Await(state, (hold.Reason, hold.Message), now),
        _ => [new ServerEvent.RescueIntended(now, Purpose.Release, now + Limits.RescueTimeout) { AsksNode = MayBeRunning(state) }],
    };

    public static IReadOnlyList<ServerEvent> Wipe(ServerState.InRescue state, HardwareFacts hardware, DateTimeOffset now)
    {
        if (Permits.Missing(state, now) is { } missing) return Ending.GiveUp(state, missing.Reason, missing.Message, now);
        if (state.Installed is { } installed)
        {
            return hardware.Disks.FirstOrDefault(disk => disk.Serial == installed.Serial) is { } disk
                ? [new ServerEvent.WipeIntended(now, hardware.Boot, disk, now + Limits.WipeTimeout)]
                : Ending.GiveUp(state, "SystemDiskMissing", $"The disk with serial {installed.Serial}, on which this node was installed, is no longer in the server. Find it before this server is used again.", now);
        }

        // An adopted node: which disk it ran from is not on record, so it must be plain to see.
        return hardware.Disks.Where(disk => disk.HasTalos).ToList() is [var only]
            ? [new ServerEvent.WipeIntended(now, hardware.Boot, only, now + Limits.WipeTimeout)]
            : Ending.GiveUp(state, "SystemDiskUnknown", "This node was adopted, so which disk it ran from is not on record, and not exactly one disk holds a Talos. Wipe the server yourself.", now);
    }

    public static ServerEffect Effect(ServerState.Wiping state) => new ServerEffect.WipeDisk(
        ServerLifecycle.Key(state),
        state.Plan.Robot,
        state.Record!.Address,
        state.Boot,
        state.Disk,
        state.Plan.Claim,
        state.Plan.Disk.MayDestroyForeignData,
        state.Plan.Guard);

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Wiping state, ServerInput.Heard heard, DateTimeOffset now) => heard switch
    {
        ServerInput.Heard.DiskWiped => Ending.Free(state, wiped: true, now),
        ServerInput.Heard.LeftUnknown unknown => Refusals.BackOff(state, "RescueSilent", unknown.Message, now),
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Overdue(ServerState.Wiping state, DateTimeOffset now) =>
        RescueAgain.Decide(state, "WipeTimedOut", $"The disk was not wiped within {Limits.WipeTimeout.TotalMinutes:0} minutes.", now);

    private static bool MayBeRunning(ServerState.Held state) => state
        is ServerState.Joining or ServerState.Provisioned or ServerState.Repairing
        or ServerState.Failed { In: ServerPhase.Configuring or ServerPhase.Joining };
}
