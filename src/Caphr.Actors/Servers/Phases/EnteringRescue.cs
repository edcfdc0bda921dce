namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// From whatever runs to Hetzner's rescue system: order it at Robot, reset once, wait. Meanwhile the machine goes through its
/// self-test (minutes), asks the network and boots from there; nothing answers, and Robot's flag turns inactive long before SSH
/// does. A node of ours that is on its way back is first asked to go by itself, which saves the reset. Ends when SSH takes our key, or
/// at the deadline, which spends another reset or gives up.
/// </summary>
internal static class EnteringRescue
{
    public static ServerEffect? Effect(ServerState.EnteringRescue state)
    {
        var key = ServerLifecycle.Key(state);
        var plan = state.Plan;
        return state.Stage switch
        {
            RescueStage.Arming => new ServerEffect.ArmRescue(key, plan.Robot, state.Purpose),
            RescueStage.Dismissing => new ServerEffect.DismissNode(key, state.Record!.Address, plan.TalosSecrets, Erases: state.Installed is not null, plan.LeavesEtcd, plan.Claim, plan.Guard),
            RescueStage.Pressing => new ServerEffect.PressReset(key, plan.Robot, state.Purpose, plan.Claim, GuardOf(state)) { Quorum = state.Purpose == Purpose.Diagnose ? plan.Quorum : null },
            RescueStage.Awaiting => new ServerEffect.AwaitRescue(key, plan.Robot, state.Record!.Address, state.LastRescueKey),
        };
    }

    public static IReadOnlyList<ServerEvent> Decide(ServerState.EnteringRescue state, ServerInput.Heard heard, DateTimeOffset now) => (state.Stage, heard) switch
    {
        // A reset alone takes a node down, so it needs what the wipe after it needs.
        (RescueStage.Arming, ServerInput.Heard.RescueArmed) when Missing(state, now) is { } missing => Ending.GiveUp(state, missing.Reason, missing.Message, now),
        (RescueStage.Arming, ServerInput.Heard.RescueArmed) => state.AsksNode ? [new ServerEvent.DismissalIntended(now)] : Press(state, now),
        (RescueStage.Dismissing, ServerInput.Heard.NodeDismissed) => [new ServerEvent.NodeDismissed(now)],
        // Perhaps it goes, perhaps it does not: the reset is what makes sure.
        (RescueStage.Dismissing, ServerInput.Heard.LeftUnknown) => Press(state, now),
        (RescueStage.Pressing, ServerInput.Heard.ResetPressed) => [new ServerEvent.ResetPressed(now, Known: true)],
        (RescueStage.Pressing, ServerInput.Heard.LeftUnknown) => [new ServerEvent.ResetPressed(now, Known: false)],
        (RescueStage.Awaiting, ServerInput.Heard.RescueAnswered answered) => [new ServerEvent.RescueReached(now, answered.HostKey, now + Limits.ProofTimeout)],
        (_, ServerInput.Heard.LeftUnknown unknown) => Refusals.BackOff(state, "RobotSilent", unknown.Message, now),
        // Another stage's answer under this step's key cannot come from our own interpreters; it says nothing here.
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Overdue(ServerState.EnteringRescue state, DateTimeOffset now) => state.Stage switch
    {
        // The call has a time-out of its own, and its end decides; leaving now would forget whether the reset was pressed.
        RescueStage.Pressing => [],
        // Nothing has been touched, and a Robot in maintenance opens no sooner for it: what fails is counted by itself, what is waited for is not.
        RescueStage.Arming => [],
        RescueStage.Dismissing => Press(state, now),
        RescueStage.Awaiting => RescueAgain.Decide(state, "RescueNotReached", $"The rescue system did not answer within {Limits.RescueTimeout.TotalMinutes:0} minutes.", now),
    };

    private static IReadOnlyList<ServerEvent> Press(ServerState.EnteringRescue state, DateTimeOffset now) => state.Tally.Resets < Limits.Resets
        ? [new ServerEvent.ResetIntended(now, now + Limits.RescueTimeout)]
        : Ending.GiveUp(state, "ResetsSpent", $"All {Limits.Resets} hardware resets of this attempt are spent.", now);

    public static (string Reason, string Message)? Missing(ServerState.EnteringRescue state, DateTimeOffset now) => GuardOf(state).WhyNot(state.Plan.Claim, now);

    /// <summary>To look at a node that is dead already destroys nothing.</summary>
    private static WipeGuard GuardOf(ServerState.EnteringRescue state) => state.Purpose == Purpose.Diagnose ? WipeGuard.None : state.Plan.Guard;
}
