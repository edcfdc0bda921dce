namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// From whatever runs to Hetzner's rescue system: order it at Robot, reset once, wait. Meanwhile the machine goes through its
/// self-test (minutes), asks the network and boots from there; nothing answers, and Robot's flag turns inactive long before SSH
/// does. Ends when SSH takes our key, or at the deadline after the reset, which spends another one or gives up.
/// </summary>
internal static class EnteringRescue
{
    public static ServerEffect? Effect(ServerState.EnteringRescue state)
    {
        var key = ServerLifecycle.Key(state);
        return state.Stage switch
        {
            RescueStage.Arming => new ServerEffect.ArmRescue(key, state.Plan.Robot, state.Purpose),
            RescueStage.Pressing => new ServerEffect.PressReset(key, state.Plan.Robot, state.Purpose, state.Plan.Claim, state.Plan.Guard),
            RescueStage.Awaiting => new ServerEffect.AwaitRescue(key, state.Plan.Robot, state.Record!.Address, state.LastRescueKey),
        };
    }

    public static IReadOnlyList<ServerEvent> Decide(ServerState.EnteringRescue state, ServerInput.Heard heard, DateTimeOffset now) => (state.Stage, heard) switch
    {
        // A reset alone takes a node down, so it needs what the wipe after it needs.
        (RescueStage.Arming, ServerInput.Heard.RescueArmed) when Permits.Missing(state, now) is { } missing => [new ServerEvent.GaveUp(now, missing.Reason, missing.Message)],
        (RescueStage.Arming, ServerInput.Heard.RescueArmed) => state.Tally.Resets < Limits.Resets
            ? [new ServerEvent.ResetIntended(now, now + Limits.RescueTimeout)]
            : [new ServerEvent.GaveUp(now, "ResetsSpent", $"All {Limits.Resets} hardware resets of this attempt are spent.")],
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
        RescueStage.Awaiting => RescueAgain.Decide(state, "RescueNotReached", $"The rescue system did not answer within {Limits.RescueTimeout.TotalMinutes:0} minutes after the reset.", now),
    };
}
