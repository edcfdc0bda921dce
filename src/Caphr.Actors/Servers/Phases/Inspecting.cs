namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// A free server is looked at through the rescue system: what it has, whether it is still the same machine, whether its disks expect to
/// fail. Nothing is written. It stays in the rescue system afterwards, where the next claim finds it by a reset as from anywhere else. One that
/// cannot be reached or is not fit goes into quarantine: nobody waits for it, so a person may.
/// </summary>
internal static class Inspecting
{
    public static ServerEvent Begin(RobotAccess robot, DateTimeOffset now) => new ServerEvent.InspectionIntended(now, robot, now + Limits.RescueTimeout);

    public static ServerEffect Effect(ServerState.Inspecting state)
    {
        var key = ServerLifecycle.Key(state);
        return (state.Stage, state.HostKey) switch
        {
            (RescueStage.Arming, _) => new ServerEffect.ArmRescue(key, state.Robot, Purpose.Inspect),
            (RescueStage.Pressing, _) => new ServerEffect.PressReset(key, state.Robot, Purpose.Inspect, Claim: null, WipeGuard.None),
            (_, { } hostKey) => new ServerEffect.ProveRescue(key, state.Robot, state.Record!.Address, hostKey),
            (_, null) => new ServerEffect.AwaitRescue(key, state.Robot, state.Record!.Address, state.LastRescueKey),
        };
    }

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Inspecting state, ServerInput.Heard heard, DateTimeOffset now) => (state.Stage, heard) switch
    {
        (RescueStage.Arming, ServerInput.Heard.RescueArmed) => state.Resets < Limits.Resets
            ? [new ServerEvent.ResetIntended(now, now + Limits.RescueTimeout)]
            : Ending.GiveUp(state, "ResetsSpent", $"All {Limits.Resets} hardware resets of this inspection are spent.", now),
        (RescueStage.Pressing, ServerInput.Heard.ResetPressed) => [new ServerEvent.ResetPressed(now, Known: true)],
        (RescueStage.Pressing, ServerInput.Heard.LeftUnknown) => [new ServerEvent.ResetPressed(now, Known: false)],
        (RescueStage.Awaiting, ServerInput.Heard.RescueAnswered answered) when state.HostKey is null => [new ServerEvent.RescueReached(now, answered.HostKey, now + Limits.ProofTimeout)],
        (RescueStage.Awaiting, ServerInput.Heard.RescueProven proven) when state.HostKey is not null => Judge(state, proven.Hardware, now),
        (RescueStage.Arming, ServerInput.Heard.LeftUnknown unknown) => Refusals.BackOff(state, "RobotSilent", unknown.Message, now),
        (_, ServerInput.Heard.LeftUnknown unknown) => Refusals.BackOff(state, "RescueSilent", unknown.Message, now),
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Overdue(ServerState.Inspecting state, DateTimeOffset now) => state.Stage switch
    {
        RescueStage.Awaiting => Again(state, "RescueNotReached", "The rescue system did not answer in time.", now),
        // As on the way to an installation: a press has an end of its own, and what is only waited for is not late.
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Again(ServerState.Inspecting state, string reason, string message, DateTimeOffset now) => state.Resets < Limits.Resets
        ? [new ServerEvent.StepRefused(now, reason, message, now, Counted: true), Begin(state.Robot, now)]
        : Ending.GiveUp(state, reason, $"{message} All {Limits.Resets} hardware resets of this inspection are spent.", now);

    private static IReadOnlyList<ServerEvent> Judge(ServerState.Inspecting state, HardwareFacts hardware, DateTimeOffset now)
    {
        // What another machine has is no news of this one.
        if (Identity.Changed(state.Hardware, hardware) is { } changed) return [new ServerEvent.Quarantined(now, changed.Reason, changed.Message)];
        if (state.Doubt is not null && hardware.Disks.FirstOrDefault(one => one.HasTalos) is { } disk)
            return [new ServerEvent.HardwareSeen(now, hardware), new ServerEvent.Quarantined(now, "NotWiped", $"Disk {disk.Name}, serial {disk.Serial}, holds a Talos, and that it was wiped is not on record: wipe it yourself.")];
        return Identity.Unfit(state.Hardware, hardware) is { } unfit
            ? [new ServerEvent.HardwareSeen(now, hardware), new ServerEvent.Quarantined(now, unfit.Reason, unfit.Message)]
            : [new ServerEvent.HardwareSeen(now, hardware), new ServerEvent.Inspected(now)];
    }
}
