namespace Caphr.Actors.Servers.Phases;

/// <summary>Back through the rescue system from wherever the work went wrong, as long as the claim's resets and attempts last.</summary>
internal static class RescueAgain
{
    public static IReadOnlyList<ServerEvent> Decide(ServerState.Working state, string reason, string message, DateTimeOffset now)
    {
        if (state.Tally.Resets >= Limits.Resets) return [new ServerEvent.GaveUp(now, reason, $"{message} All {Limits.Resets} hardware resets of this attempt are spent.")];
        if (state.Tally.Attempts >= Limits.RescueAttempts) return [new ServerEvent.GaveUp(now, reason, $"{message} The rescue system was tried {state.Tally.Attempts} times.")];

        return [new ServerEvent.StepRefused(now, reason, message, now, Counted: true), new ServerEvent.RescueIntended(now, PurposeOf(state), now + Limits.RescueTimeout)];
    }

    private static Purpose PurposeOf(ServerState.Working state) => state switch
    {
        ServerState.EnteringRescue entering => entering.Purpose,
        ServerState.InRescue inRescue => inRescue.Purpose,
        ServerState.Wiping => Purpose.Release,
        _ => Purpose.Install,
    };
}
