namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// The Machine is being deleted and the server goes back. What was installed for it must not live on: into the rescue system (which
/// also fences the old node), wipe the disk we wrote, and only then Available. A server we never wrote to is free at once.
/// </summary>
internal static class Releasing
{
    public static IReadOnlyList<ServerEvent> Begin(ServerState.Held state, DateTimeOffset now) => state switch
    {
        // Already on its way back.
        ServerState.EnteringRescue { Purpose: Purpose.Release } or ServerState.InRescue { Purpose: Purpose.Release } or ServerState.Wiping => [],
        // How a reset ended must be heard first; the wish is seen again right after.
        ServerState.EnteringRescue { Stage: RescueStage.Pressing } => [],
        // Failed on the way back: a person decides, because the old system may still be running.
        ServerState.Failed { In: ServerPhase.Releasing } => [],
        { Installed: null, Plan.AlreadyNode: false } => [new ServerEvent.Released(now, Wiped: false)],
        // The node is left running: fenced and not wiped, it would be of no use to anybody.
        _ when Permits.Missing(state, now) is { } missing => Permits.Await(state, missing, now),
        _ => [new ServerEvent.RescueIntended(now, Purpose.Release, now + Limits.RescueTimeout)],
    };

    public static IReadOnlyList<ServerEvent> Wipe(ServerState.InRescue state, HardwareFacts hardware, DateTimeOffset now)
    {
        if (state.Installed is not { } installed)
            return [new ServerEvent.GaveUp(now, "SystemDiskUnknown", "This node was adopted, so which disk it runs from is not on record and none is wiped. Wipe the server yourself; until then it is not offered again.")];

        if (Permits.Missing(state, now) is { } missing) return [new ServerEvent.GaveUp(now, missing.Reason, missing.Message)];

        return hardware.Disks.FirstOrDefault(disk => disk.Serial == installed.Serial) is { } disk
            ? [new ServerEvent.WipeIntended(now, hardware.Boot, disk, now + Limits.WipeTimeout)]
            : [new ServerEvent.GaveUp(now, "SystemDiskMissing", $"The disk with serial {installed.Serial}, on which this node was installed, is no longer in the server. Find it before this server is used again.")];
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
        ServerInput.Heard.DiskWiped => [new ServerEvent.Released(now, Wiped: true)],
        ServerInput.Heard.LeftUnknown unknown => Refusals.BackOff(state, "RescueSilent", unknown.Message, now),
        _ => [],
    };
}
