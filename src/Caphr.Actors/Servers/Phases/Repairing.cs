namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// A node that is not well is reset and given the time that hardware needs; whoever asked for it says whether it is well again, by taking the
/// wish back. If no reset helps, the rescue system is asked what it sees, once, so that a person reads more than "it is dead"; then the
/// Machine is its owner's to replace, and the server is not trusted with another one. A person's own wish to restart a node ends with one reset.
/// </summary>
internal static class Repairing
{
    public static IReadOnlyList<ServerEvent> Begin(RepairOrder order, DateTimeOffset now) => [new ServerEvent.RepairBegun(now, order)];

    public static ServerEffect? Effect(ServerState.Repairing state)
    {
        var key = ServerLifecycle.Key(state);
        return state.Stage switch
        {
            RepairStage.Preparing => new ServerEffect.PrepareReset(key, state.Plan.Robot, state.Plan.Quorum),
            RepairStage.Pressing => new ServerEffect.PressReset(key, state.Plan.Robot, Purpose.Repair, state.Plan.Claim, WipeGuard.None) { Quorum = state.Plan.Quorum },
            RepairStage.Watching => new ServerEffect.AwaitNode(key, state.Record!.Address, state.Plan.TalosSecrets) { NotBefore = state.Until - state.Order.Wait + Limits.LastGasp },
            RepairStage.Returned => null,
        };
    }

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Repairing state, ServerInput.Heard heard, DateTimeOffset now) => (state.Stage, heard) switch
    {
        (RepairStage.Preparing, ServerInput.Heard.ResetReady) => [new ServerEvent.ResetIntended(now, now + state.Order.Wait)],
        (RepairStage.Preparing, ServerInput.Heard.LeftUnknown unknown) => Refusals.BackOff(state, "RobotSilent", unknown.Message, now),
        (RepairStage.Pressing, ServerInput.Heard.ResetPressed) => [new ServerEvent.ResetPressed(now, Known: true)],
        (RepairStage.Pressing, ServerInput.Heard.LeftUnknown) => [new ServerEvent.ResetPressed(now, Known: false)],
        (RepairStage.Watching, ServerInput.Heard.NodeProven proven) => state.Order.Cause == RepairCause.Person
            ? [new ServerEvent.NodeReturned(now, proven.TalosVersion), new ServerEvent.RepairEnded(now, Returned: true)]
            : [new ServerEvent.NodeReturned(now, proven.TalosVersion)],
        // Looking may go on until the time is up.
        (RepairStage.Watching, ServerInput.Heard.LeftUnknown unknown) => [new ServerEvent.StepRefused(now, "TalosSilent", unknown.Message, now + RetryPause.After(1, ServerLifecycle.Key(state)), Counted: false)],
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Overdue(ServerState.Repairing state, DateTimeOffset now) => state switch
    {
        { Stage: RepairStage.Pressing or RepairStage.Preparing } => [],
        { Order.Cause: RepairCause.Person } => [new ServerEvent.RepairEnded(now, Returned: state.Stage == RepairStage.Returned)],
        _ when state.Tally.Resets < state.Order.Resets => [new ServerEvent.RepairBegun(now, state.Order)],
        _ => [new ServerEvent.RescueIntended(now, Purpose.Diagnose, now + Limits.RescueTimeout)],
    };

    /// <summary>The wish is gone: the node is well, or somebody else takes care of it.</summary>
    public static IReadOnlyList<ServerEvent> Withdrawn(ServerState.Repairing state, DateTimeOffset now) => state.Stage == RepairStage.Pressing
        // How the reset ended must be heard first; the wish is seen again right after.
        ? []
        : [new ServerEvent.RepairEnded(now, Returned: true)];

    public static IReadOnlyList<ServerEvent> Diagnose(ServerState.InRescue state, HardwareFacts hardware, DateTimeOffset now)
    {
        const string resets = "The node did not come back well from its resets. In the rescue system";
        if (hardware.Disks.FirstOrDefault(disk => disk.Healthy == false) is { } failing)
            return [new ServerEvent.GaveUp(now, "DiskFailing", $"{resets} disk {failing.Name}, serial {failing.Serial}, says that it expects to fail soon (SMART).")];
        if (state.Installed is { } installed && hardware.Disks.All(disk => disk.Serial != installed.Serial))
            return [new ServerEvent.GaveUp(now, "SystemDiskMissing", $"{resets} its system disk, serial {installed.Serial}, is not to be seen: it is dead or was taken out.")];
        return [new ServerEvent.GaveUp(now, "NodeNotHealed", $"{resets} the hardware looks well, so what is wrong lies in what is installed.")];
    }
}
