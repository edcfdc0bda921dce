namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// Out of the rescue system and into the new one, without another reset: boot order set, a left-over rescue order withdrawn, then a
/// reboot from within. Whether the order to boot arrived is often unknown, because the connection dies with it; so it is observed.
/// </summary>
internal static class Booting
{
    /// <summary>One order, one reset, and then the rescue system: Robot gives an order away once. After a second of either, one may be left.</summary>
    private static readonly RescueTally s_first = new(Attempts: 1, Resets: 1);

    public static ServerEffect Effect(ServerState.Booting state)
    {
        var key = ServerLifecycle.Key(state);
        return state.Stage switch
        {
            BootStage.Leaving => new ServerEffect.LeaveRescue(key, state.Plan.Robot, state.Record!.Address, state.Boot, state.Disk, OrderIsSpent: state.Tally == s_first),
            BootStage.AwaitingTalos => new ServerEffect.AwaitTalos(key, state.Record!.Address),
        };
    }

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Booting state, ServerInput.Heard heard, DateTimeOffset now) => (state.Stage, heard) switch
    {
        (BootStage.Leaving, ServerInput.Heard.RescueLeft or ServerInput.Heard.LeftUnknown) => [new ServerEvent.RescueLeft(now)],
        (BootStage.AwaitingTalos, ServerInput.Heard.MaintenanceAnswered answered) => [new ServerEvent.MaintenanceReached(now, answered.Talos, now + Limits.ConfigureTimeout)],
        (BootStage.AwaitingTalos, ServerInput.Heard.LeftUnknown unknown) => Refusals.BackOff(state, "TalosSilent", unknown.Message, now),
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Overdue(ServerState.Booting state, DateTimeOffset now) => state.Stage switch
    {
        // It was not told to boot yet: what keeps it from that is counted by itself, or waited for.
        BootStage.Leaving => [],
        BootStage.AwaitingTalos => RescueAgain.Decide(state, "BootTimedOut", $"Talos did not answer within {Limits.BootTimeout.TotalMinutes:0} minutes after the installation.", now),
    };
}
