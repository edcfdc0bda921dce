using System.Diagnostics;

namespace Caphr.Actors.Servers;

/// <summary>
/// How an event changes what is held to be true. Total over what can happen; a pair that cannot happen is a bug, and says so,
/// because a journal that is misread must never be acted upon.
/// </summary>
public static class ServerEvolution
{
    public static ServerState Evolve(ServerState state, ServerEvent happened) => happened switch
    {
        ServerEvent.WorkPaused paused => state with { PausedSince = paused.At },
        ServerEvent.WorkResumed resumed => Resume(state, resumed.At),
        ServerEvent.StepRefused refused => state with
        {
            Step = state.Step + 1,
            Trouble = new Trouble((state.Trouble?.Failures ?? 0) + (refused.Counted ? 1 : 0), refused.Reason, refused.Message, refused.RetryAt),
        },
        ServerEvent.AccessGiven given when state is ServerState.Registered => Enter(state, new ServerState.Registered(given.Robot) { Number = state.Number }, given.At),
        ServerEvent.Identified identified when state is ServerState.Registered =>
            Enter(state, new ServerState.Available { Number = state.Number }, identified.At) with { Record = identified.Record },
        ServerEvent.ClaimAccepted accepted when state is ServerState.Available =>
            Enter(state, new ServerState.Claimed { Number = state.Number, Plan = accepted.Plan }, accepted.At),
        ServerEvent.ClaimAdopted adopted when state is ServerState.Available =>
            Enter(state, new ServerState.Joining { Number = state.Number, Plan = adopted.Plan }, adopted.At),
        _ when state is ServerState.Held held => Evolve(held, happened),
        _ => throw Impossible(state, happened),
    };

    private static ServerState Evolve(ServerState.Held held, ServerEvent happened) => happened switch
    {
        ServerEvent.PlanChanged changed => held with { Plan = changed.Plan },
        ServerEvent.GaveUp gaveUp => Enter(held, new ServerState.Failed(held.Phase, gaveUp.Reason, gaveUp.Message) { Number = held.Number, Plan = held.Plan, Installed = held.Installed }, gaveUp.At),
        // What was adopted stays adopted: trying again means looking again.
        ServerEvent.RetryAsked { Plan.AlreadyNode: true } asked => Enter(held, new ServerState.Joining { Number = held.Number, Plan = asked.Plan, Installed = held.Installed }, asked.At),
        ServerEvent.RetryAsked asked => Enter(held, new ServerState.Claimed { Number = held.Number, Plan = asked.Plan, Installed = held.Installed }, asked.At),
        ServerEvent.RescueIntended intended => EnterRescue(held, intended),
        ServerEvent.Released released => Enter(held, new ServerState.Available { Number = held.Number, Freed = held.Plan.Claim }, released.At),
        _ when held is ServerState.Working working => Evolve(working, happened),
        _ => throw Impossible(held, happened),
    };

    private static ServerState Evolve(ServerState.Working state, ServerEvent happened) => (state, happened) switch
    {
        (ServerState.EnteringRescue { Stage: RescueStage.Arming } entering, ServerEvent.ResetIntended intended) => Work(
            state, entering with { Stage = RescueStage.Pressing, Tally = entering.Tally with { Resets = entering.Tally.Resets + 1 } }, intended.At, intended.Until),
        (ServerState.EnteringRescue { Stage: RescueStage.Pressing } entering, ServerEvent.ResetPressed pressed) =>
            Work(state, entering with { Stage = RescueStage.Awaiting }, pressed.At, pressed.At + Limits.RescueTimeout),
        (ServerState.EnteringRescue entering, ServerEvent.RescueReached reached) =>
            Work(state, new ServerState.InRescue(entering.Purpose, reached.HostKey) { Number = state.Number, Plan = state.Plan, LastRescueKey = reached.HostKey }, reached.At, reached.Until),
        (ServerState.InRescue { Purpose: Purpose.Install }, ServerEvent.InstallIntended intended) => Work(
            state with { Installed = intended.Disk }, new ServerState.Installing(intended.Boot, intended.Disk, state.Step + 1) { Number = state.Number, Plan = state.Plan }, intended.At, intended.Until),
        // The same writing anew, after the writer said that it failed: still the same trouble, counted and waited for.
        (ServerState.Installing installing, ServerEvent.InstallIntended intended) =>
            installing with { Boot = intended.Boot, Disk = intended.Disk, Until = intended.Until, Attempt = installing.Step + 1, Step = installing.Step + 1 },
        (ServerState.Installing installing, ServerEvent.ImageWritten written) => Work(
            state, new ServerState.Booting(installing.Boot, installing.Disk, BootStage.Leaving) { Number = state.Number, Plan = state.Plan }, written.At, written.Until),
        (ServerState.Booting booting, ServerEvent.RescueLeft left) => Work(state, booting with { Stage = BootStage.AwaitingTalos }, left.At, booting.Until),
        (ServerState.Booting booting, ServerEvent.MaintenanceReached reached) => Work(
            state, new ServerState.Configuring(booting.Boot, booting.Disk, reached.Talos) { Number = state.Number, Plan = state.Plan }, reached.At, reached.Until),
        (ServerState.Configuring, ServerEvent.ConfigurationAccepted accepted) =>
            Work(state, new ServerState.Joining { Number = state.Number, Plan = state.Plan }, accepted.At, accepted.Until),
        (ServerState.Joining, ServerEvent.NodeProven proven) =>
            Enter(state, new ServerState.Provisioned(proven.TalosVersion) { Number = state.Number, Plan = state.Plan, Installed = state.Installed }, proven.At),
        (ServerState.InRescue { Purpose: Purpose.Release }, ServerEvent.WipeIntended intended) => Work(
            state, new ServerState.Wiping(intended.Boot, intended.Disk) { Number = state.Number, Plan = state.Plan }, intended.At, intended.Until),
        _ => throw Impossible(state, happened),
    };

    /// <summary>A claim's way back starts with full purses: what provisioning spent must not keep a server from being wiped.</summary>
    private static ServerState EnterRescue(ServerState.Held held, ServerEvent.RescueIntended intended)
    {
        var spent = held is ServerState.Working working && (intended.Purpose == Purpose.Install || held.Phase == ServerPhase.Releasing) ? working.Tally : new RescueTally(0, 0);
        var entering = new ServerState.EnteringRescue(intended.Purpose, RescueStage.Arming)
        {
            Number = held.Number,
            Plan = held.Plan,
            Installed = held.Installed,
            Tally = spent with { Attempts = spent.Attempts + 1 },
            Until = intended.Until,
        };
        return Enter(held, entering, intended.At);
    }

    private static ServerState Work(ServerState.Working from, ServerState.Working to, DateTimeOffset at, DateTimeOffset? until) =>
        Enter(from, to with { Installed = from.Installed, Tally = to.Tally == new RescueTally(0, 0) ? from.Tally : to.Tally, Until = until }, at);

    /// <summary>A new step: what troubled the last one is over, and the phase's clock starts if the phase is new.</summary>
    private static ServerState Enter(ServerState from, ServerState to, DateTimeOffset at) => to with
    {
        Step = from.Step + 1,
        Since = from.Phase == to.Phase && from.Since != default ? from.Since : at,
        PausedSince = from.PausedSince,
        Record = from.Record,
        LastRescueKey = to.LastRescueKey ?? from.LastRescueKey,
        Trouble = null,
    };

    private static ServerState Resume(ServerState state, DateTimeOffset at)
    {
        var paused = state.PausedSince is { } since ? at - since : TimeSpan.Zero;
        return state is ServerState.Working { Until: { } until } working
            ? working with { PausedSince = null, Until = until + paused }
            : state with { PausedSince = null };
    }

    private static UnreachableException Impossible(ServerState state, ServerEvent happened) =>
        new($"{happened.GetType().Name} cannot happen to server {state.Number} while it is {state.Phase}.");
}
