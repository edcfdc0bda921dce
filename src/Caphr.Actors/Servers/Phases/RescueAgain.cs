namespace Caphr.Actors.Servers.Phases;

/// <summary>Back through the rescue system from wherever the work went wrong, as long as the claim's resets and attempts last.</summary>
internal static class RescueAgain
{
    public static IReadOnlyList<ServerEvent> Decide(ServerState.Working state, string reason, string message, DateTimeOffset now)
    {
        var purpose = PurposeOf(state);
        // A diagnosis is one look at a machine that has had its resets.
        if (purpose == Purpose.Diagnose && state.Tally.Resets > 0) return Ending.GiveUp(state, "HardwareSilent", $"The node did not come back from its resets, and the rescue system does not either: {message}", now);
        if (state.Tally.Resets >= Limits.Resets) return Ending.GiveUp(state, reason, $"{message} All {Limits.Resets} hardware resets of this attempt are spent.", now);
        if (state.Tally.Attempts >= Limits.RescueAttempts) return Ending.GiveUp(state, reason, $"{message} The rescue system was tried {state.Tally.Attempts} times.", now);

        return [new ServerEvent.StepRefused(now, reason, message, now, Counted: true), new ServerEvent.RescueIntended(now, purpose, now + Limits.RescueTimeout)];
    }

    public static Purpose PurposeOf(ServerState.Working state) => state switch
    {
        ServerState.EnteringRescue entering => entering.Purpose,
        ServerState.InRescue inRescue => inRescue.Purpose,
        ServerState.Wiping => Purpose.Release,
        ServerState.Repairing => Purpose.Repair,
        _ => Purpose.Install,
    };
}
