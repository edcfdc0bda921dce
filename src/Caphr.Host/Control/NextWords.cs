using System.Globalization;
using Caphr.Actors.Servers;

namespace Caphr.Host.Control;

/// <summary>What comes after the present step, and what comes instead if it takes too long. Pure, and steady while nothing changes.</summary>
internal static class NextWords
{
    /// <returns>Null where nothing is to come.</returns>
    public static string? Of(ServerState state) => state switch
    {
        { PausedSince: not null } => "It goes on when the pause is lifted.",
        ServerState.Failed => "Nothing, before a person asks for it or the Machine is deleted.",
        ServerState.Claimed { Plan.Bootstrap: null } => "The server is reset into its rescue system when the configuration is there.",
        ServerState.Claimed or ServerState.EnteringRescue { Stage: RescueStage.Arming } => "The server is reset, and boots its rescue system.",
        ServerState.EnteringRescue { Stage: RescueStage.Dismissing } => "The server boots its rescue system; it is reset if it does not go by itself.",
        ServerState.EnteringRescue { Stage: RescueStage.Pressing } => "The server boots its rescue system, which takes minutes.",
        ServerState.Repairing repairing => Repairing(repairing),
        ServerState.Booting { Stage: BootStage.Leaving } => "The server boots from its disk, and Talos gets its configuration.",
        ServerState.Working { Until: { } until } working => $"{After(working)} If that is not so by {At(until)}, {Otherwise(working)}.",
        ServerState.Working working => After(working),
        _ => null,
    };

    private static string After(ServerState.Working state) => state switch
    {
        ServerState.EnteringRescue => "What answers on port 22 has to prove that it is this server's rescue system.",
        ServerState.InRescue { Purpose: Purpose.Release } => "The disk that was installed on is wiped.",
        ServerState.InRescue { Purpose: Purpose.Diagnose } => "What the rescue system sees is written down, and the Machine is its owner's to replace.",
        ServerState.InRescue => "One disk is chosen, and Talos written to it.",
        ServerState.Installing => "The server boots from that disk.",
        ServerState.Booting => "Talos gets its configuration.",
        ServerState.Configuring => "The node joins its cluster.",
        ServerState.Joining => "The machine is Provisioned.",
        ServerState.Wiping => "The disk is read back, and the server is free.",
        _ => "",
    };

    private static string Otherwise(ServerState.Working state) => state switch
    {
        ServerState.Configuring or ServerState.Joining => "the machine fails, and waits for a person",
        ServerState.EnteringRescue { Purpose: Purpose.Diagnose } or ServerState.InRescue { Purpose: Purpose.Diagnose } => "the machine counts as beyond repair",
        { Tally: var tally } when tally.Resets >= Limits.Resets || tally.Attempts >= Limits.RescueAttempts => state.Phase == ServerPhase.Releasing
            ? "the server is put into quarantine, because its resets are spent"
            : "the machine fails, because its resets are spent",
        { Tally.Resets: var used } => string.Create(CultureInfo.InvariantCulture, $"the server is reset once more ({used} of {Limits.Resets} resets used)"),
    };

    private static string Repairing(ServerState.Repairing state) => state.Stage switch
    {
        RepairStage.Preparing => "The server is reset once that is safe.",
        RepairStage.Pressing => "The node boots from its disk.",
        RepairStage.Returned => $"The repair ends when the node is found well; that has time until {At(state.Until)}.",
        _ when state.Order.Cause == RepairCause.Person => $"The node has time to come back until {At(state.Until)}.",
        _ when state.Tally.Resets < state.Order.Resets => string.Create(CultureInfo.InvariantCulture, $"If the node is not back by {At(state.Until)}, it is reset again ({state.Tally.Resets} of {state.Order.Resets} resets used)."),
        _ => $"If the node is not back by {At(state.Until)}, the rescue system is asked what it sees, and the Machine is its owner's to replace.",
    };

    private static string At(DateTimeOffset? time) => time is { } at ? at.ToUniversalTime().ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) : "its end";
}
