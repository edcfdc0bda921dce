namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// Something took our key. Before any write it must show at least two markers of the rescue system and be the machine we think it
/// is; then one disk is chosen by what it is, not by its name, which changes between boots.
/// </summary>
internal static class InRescue
{
    public static ServerEffect Effect(ServerState.InRescue state) =>
        new ServerEffect.ProveRescue(ServerLifecycle.Key(state), state.Plan.Robot, state.Record!.Address, state.HostKey);

    public static IReadOnlyList<ServerEvent> Decide(ServerState.InRescue state, ServerInput.Heard heard, DateTimeOffset now) => heard switch
    {
        ServerInput.Heard.RescueProven proven => Proven(state, proven.Hardware, now),
        ServerInput.Heard.LeftUnknown unknown => Refusals.BackOff(state, "RescueSilent", unknown.Message, now),
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Overdue(ServerState.InRescue state, DateTimeOffset now) =>
        RescueAgain.Decide(state, "RescueNotProven", "The system on port 22 did not prove to be this server's rescue system in time.", now);

    private static IReadOnlyList<ServerEvent> Proven(ServerState.InRescue state, HardwareFacts hardware, DateTimeOffset now)
    {
        if (Identity.Changed(state.Hardware, hardware) is { } changed) return Ending.GiveUp(state, changed.Reason, changed.Message, now);
        var next = state.Purpose switch
        {
            Purpose.Release => Releasing.Wipe(state, hardware, now),
            Purpose.Diagnose => Repairing.Diagnose(state, hardware, now),
            _ => Install(state, hardware, now),
        };
        return [new ServerEvent.HardwareSeen(now, hardware), .. next];
    }

    /// <summary>
    /// What was written to another disk would not be wiped at the end: a second system that may start one day, with the cluster's keys. One that was gone already
    /// when a person asked for another try has been taken out.
    /// </summary>
    private static string? Forgotten(ServerState.InRescue state, HardwareFacts hardware, DiskFacts chosen)
    {
        if (state.Installed is not { } written || written.Serial == chosen.Serial) return null;
        var start = $"The disk with serial {written.Serial} was written for this Machine already, and ";
        if (hardware.Has(written)) return $"{start}now {chosen.Name}, serial {chosen.Serial}, would be chosen. Name the first with installDisk, or delete the Machine: that wipes what was written.";
        return state.Hardware?.Has(written) == true ? $"{start}it does not answer any more. Have it looked at, or taken out." : null;
    }

    private static IReadOnlyList<ServerEvent> Install(ServerState.InRescue state, HardwareFacts hardware, DateTimeOffset now)
    {
        // It was there when the server was reset, which is minutes ago.
        if (Permits.Missing(state, now) is { } missing) return [new ServerEvent.GaveUp(now, missing.Reason, missing.Message)];

        return DiskChoice.Choose(hardware.Disks, state.Plan.Disk, state.Plan.Guard) switch
        {
            DiskChoice.Chosen { Disk: var other } when Forgotten(state, hardware, other) is { } written => [new ServerEvent.GaveUp(now, "OtherDiskWritten", written)],
            DiskChoice.Chosen chosen => [new ServerEvent.InstallIntended(now, hardware.Boot, chosen.Disk, now + Limits.InstallTimeout)],
            DiskChoice.None none => [new ServerEvent.GaveUp(now, none.Reason, none.Message)],
            _ => [],
        };
    }
}
