using System.Diagnostics;
using Caphr.Actors.Servers.Phases;

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
        // A reset that was surely not pressed is not intended any more; it is asked for and counted anew.
        ServerEvent.StepRefused refused => Unpressed(state) with
        {
            Step = state.Step + 1,
            Trouble = new Trouble((state.Trouble?.Failures ?? 0) + (refused.Counted ? 1 : 0), refused.Reason, refused.Message, refused.RetryAt),
        },
        ServerEvent.WaitEnded => state with { Trouble = null },
        ServerEvent.HardwareSeen seen => state with { Hardware = seen.Hardware },
        ServerEvent.RequestAnswered answered => state with { Answered = Answer(state.Answered with { Last = new RequestAnswer(answered.Request, answered.Granted, answered.Message) }, answered) },
        ServerEvent.Doubted doubted => state with { Doubt = new Doubt(doubted.Reason, doubted.Message) },
        ServerEvent.AccessGiven { Robot: { } robot } given when state is ServerState.Inspecting inspecting => Enter(state, inspecting with { Robot = robot }, given.At),
        ServerEvent.AccessGiven given when state is ServerState.Registered => Enter(state, new ServerState.Registered(given.Robot) { Number = state.Number }, given.At),
        ServerEvent.Identified identified when state is ServerState.Registered =>
            Enter(state, new ServerState.Available { Number = state.Number }, identified.At) with { Record = identified.Record },
        ServerEvent.ClaimAccepted accepted when state is ServerState.Available =>
            Enter(state, new ServerState.Claimed { Number = state.Number, Plan = accepted.Plan }, accepted.At),
        ServerEvent.ClaimAdopted adopted when state is ServerState.Available =>
            Enter(state, new ServerState.Joining { Number = state.Number, Plan = adopted.Plan }, adopted.At),
        ServerEvent.InspectionIntended intended when state is ServerState.Available or ServerState.Quarantined =>
            Enter(state, new ServerState.Inspecting(intended.Robot, RescueStage.Arming, HostKey: null) { Number = state.Number, Until = intended.Until, Freed = FreedOf(state) }, intended.At),
        ServerEvent.Quarantined quarantined when state is ServerState.Held or ServerState.Inspecting or ServerState.Available => Quarantine(state, quarantined),
        ServerEvent.QuarantineLifted lifted when state is ServerState.Quarantined held =>
            Enter(state, new ServerState.Available { Number = state.Number, Freed = held.Freed }, lifted.At) with { Doubt = null, Hardware = null },
        ServerEvent.WipeAsked asked when state is ServerState.Quarantined held => WipeAgain(held, asked),
        _ when state is ServerState.Held held => Evolve(held, happened),
        _ when state is ServerState.Inspecting inspecting => Evolve(inspecting, happened),
        _ => throw Impossible(state, happened),
    };

    private static ServerState Evolve(ServerState.Inspecting state, ServerEvent happened) => (state.Stage, happened) switch
    {
        (RescueStage.Arming, ServerEvent.ResetIntended intended) =>
            Enter(state, state with { Stage = RescueStage.Pressing, Resets = state.Resets + 1, Until = intended.Until }, intended.At),
        (RescueStage.Pressing, ServerEvent.ResetPressed pressed) => Enter(state, state with { Stage = RescueStage.Awaiting, Until = pressed.At + Limits.RescueTimeout }, pressed.At),
        (RescueStage.Awaiting, ServerEvent.RescueReached reached) =>
            Enter(state, state with { HostKey = reached.HostKey, LastRescueKey = reached.HostKey, Until = reached.Until }, reached.At),
        // Once more from the start: what answered was not what it should be, or nothing did.
        (_, ServerEvent.InspectionIntended again) => Enter(state, state with { Stage = RescueStage.Arming, HostKey = null, Until = again.Until }, again.At),
        (_, ServerEvent.Inspected inspected) => Enter(state, new ServerState.Available { Number = state.Number, Freed = state.Freed }, inspected.At) with { Doubt = null },
        _ => throw Impossible(state, happened),
    };

    private static ServerState Evolve(ServerState.Held held, ServerEvent happened) => happened switch
    {
        ServerEvent.PlanChanged changed => held with { Plan = changed.Plan },
        ServerEvent.RepairBegun begun when held is ServerState.Provisioned or ServerState.Failed { In: ServerPhase.Remediating } or ServerState.Repairing => BeginRepair(held, begun),
        // What did not come back from a repair is not to be trusted with another Machine.
        ServerEvent.GaveUp gaveUp when held.Phase == ServerPhase.Remediating => Fail(held, gaveUp) with { Doubt = new Doubt(gaveUp.Reason, gaveUp.Message) },
        ServerEvent.GaveUp gaveUp => Fail(held, gaveUp),
        // What was adopted stays adopted: trying again means looking again.
        ServerEvent.RetryAsked { Plan.AlreadyNode: true } asked => Enter(held, new ServerState.Joining { Number = held.Number, Plan = asked.Plan, Installed = held.Installed }, asked.At),
        // Whoever asks has mended what was wrong, a mainboard that was exchanged perhaps: what is there now counts.
        ServerEvent.RetryAsked asked => Enter(held, new ServerState.Claimed { Number = held.Number, Plan = asked.Plan, Installed = held.Installed }, asked.At) with { Hardware = null, HeldSince = asked.At },
        ServerEvent.RescueIntended intended => EnterRescue(held, intended),
        ServerEvent.Released released => Free(held, released),
        _ when held is ServerState.Working working => Evolve(working, happened),
        _ => throw Impossible(held, happened),
    };

    private static ServerState Evolve(ServerState.Working state, ServerEvent happened) => (state, happened) switch
    {
        (ServerState.EnteringRescue { Stage: RescueStage.Arming } entering, ServerEvent.DismissalIntended intended) =>
            Work(state, entering with { Stage = RescueStage.Dismissing }, intended.At, state.Until),
        (ServerState.EnteringRescue { Stage: RescueStage.Dismissing } entering, ServerEvent.NodeDismissed dismissed) =>
            Work(state, entering with { Stage = RescueStage.Awaiting }, dismissed.At, dismissed.At + Limits.RescueTimeout),
        (ServerState.EnteringRescue { Stage: RescueStage.Arming or RescueStage.Dismissing } entering, ServerEvent.ResetIntended intended) => Work(
            state, entering with { Stage = RescueStage.Pressing, Tally = entering.Tally with { Resets = entering.Tally.Resets + 1 } }, intended.At, intended.Until),
        // Releases before this one pressed again after a refusal without intending it anew.
        (ServerState.EnteringRescue { Stage: RescueStage.Pressing or RescueStage.Arming } entering, ServerEvent.ResetPressed pressed) =>
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
        (ServerState.Booting booting, ServerEvent.RescueLeft left) => Work(state, booting with { Stage = BootStage.AwaitingTalos }, left.At, left.At + Limits.BootTimeout),
        (ServerState.Booting booting, ServerEvent.MaintenanceReached reached) => Work(
            state, new ServerState.Configuring(booting.Boot, booting.Disk, reached.Talos) { Number = state.Number, Plan = state.Plan }, reached.At, reached.Until),
        (ServerState.Configuring, ServerEvent.ConfigurationAccepted accepted) =>
            Work(state, new ServerState.Joining { Number = state.Number, Plan = state.Plan }, accepted.At, accepted.Until),
        (ServerState.Joining, ServerEvent.NodeProven proven) =>
            Enter(state, new ServerState.Provisioned(proven.TalosVersion) { Number = state.Number, Plan = state.Plan, Installed = state.Installed }, proven.At),
        (ServerState.InRescue { Purpose: Purpose.Release }, ServerEvent.WipeIntended intended) => Work(
            state, new ServerState.Wiping(intended.Boot, intended.Disk) { Number = state.Number, Plan = state.Plan }, intended.At, intended.Until),
        (ServerState.Repairing { Stage: RepairStage.Pressing } repairing, ServerEvent.ResetPressed pressed) =>
            Work(state, repairing with { Stage = RepairStage.Watching }, pressed.At, pressed.At + repairing.Order.Wait),
        (ServerState.Repairing repairing, ServerEvent.ResetIntended intended) => Work(
            state, repairing with { Stage = RepairStage.Pressing, Tally = repairing.Tally with { Resets = repairing.Tally.Resets + 1 } }, intended.At, intended.Until),
        (ServerState.Repairing repairing, ServerEvent.NodeReturned returned) =>
            Work(state, repairing with { Stage = RepairStage.Returned, TalosVersion = returned.TalosVersion }, returned.At, Later(repairing.Until, returned.At + Limits.LeastBoot)) with { Doubt = null },
        (ServerState.Repairing repairing, ServerEvent.RepairEnded ended) =>
            Enter(state, new ServerState.Provisioned(repairing.TalosVersion) { Number = state.Number, Plan = state.Plan, Installed = state.Installed }, ended.At),
        (ServerState.EnteringRescue { Purpose: Purpose.Diagnose }, ServerEvent.RepairEnded ended) =>
            Enter(state, new ServerState.Provisioned(state.Plan.TalosVersion) { Number = state.Number, Plan = state.Plan, Installed = state.Installed }, ended.At),
        _ => throw Impossible(state, happened),
    };

    /// <summary>As if no reset had been intended; the same state where none is.</summary>
    internal static ServerState Unpressed(ServerState state) => state switch
    {
        ServerState.EnteringRescue { Stage: RescueStage.Pressing } entering => entering with { Stage = RescueStage.Arming, Tally = Back(entering.Tally) },
        ServerState.Repairing { Stage: RepairStage.Pressing } repairing => repairing with { Stage = RepairStage.Preparing, Tally = Back(repairing.Tally) },
        ServerState.Inspecting { Stage: RescueStage.Pressing } inspecting => inspecting with { Stage = RescueStage.Arming, Resets = inspecting.Resets - 1 },
        _ => state,
    };

    private static RescueTally Back(RescueTally tally) => tally with { Resets = tally.Resets - 1 };

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one : other;

    private static ClaimId? FreedOf(ServerState state) => state switch
    {
        ServerState.Available available => available.Freed,
        ServerState.Quarantined quarantined => quarantined.Freed,
        ServerState.Inspecting inspecting => inspecting.Freed,
        _ => null,
    };

    private static Answered Answer(Answered answered, ServerEvent.RequestAnswered now) => now.Request switch
    {
        ServerRequest.Inspect => answered with { Inspect = now.Token },
        ServerRequest.PowerCycle => answered with { PowerCycle = now.Token },
        ServerRequest.Retry => answered with { Retry = now.Token },
        ServerRequest.Accept => answered with { Accept = now.Token },
    };

    private static ServerState Free(ServerState.Held held, ServerEvent.Released released)
    {
        var free = Enter(held, new ServerState.Available { Number = held.Number, Freed = held.Plan.Claim }, released.At);
        return held is ServerState.Wiping { Disk: var disk } && released.Wiped ? free with { LastWipe = new WipeEvidence(released.At, disk, held.Plan.Machine) } : free;
    }

    private static ServerState.Failed Fail(ServerState.Held held, ServerEvent.GaveUp gaveUp) =>
        (ServerState.Failed)Enter(held, new ServerState.Failed(held.Phase, gaveUp.Reason, gaveUp.Message) { Number = held.Number, Plan = held.Plan, Installed = held.Installed }, gaveUp.At);

    private static ServerState BeginRepair(ServerState.Held held, ServerEvent.RepairBegun begun)
    {
        var version = held switch
        {
            ServerState.Provisioned provisioned => provisioned.TalosVersion,
            ServerState.Repairing before => before.TalosVersion,
            _ => held.Plan.TalosVersion,
        };
        var repairing = new ServerState.Repairing(begun.Order, RepairStage.Preparing, version)
        {
            Number = held.Number,
            Plan = held.Plan,
            Installed = held.Installed,
            // Another reset of the same repair.
            Tally = held is ServerState.Repairing going ? going.Tally : new RescueTally(0, 0),
        };
        return Enter(held, repairing, begun.At) with { Answered = held.Answered with { Repair = begun.Order.Id } };
    }

    private static ServerState Quarantine(ServerState state, ServerEvent.Quarantined quarantined)
    {
        var held = state as ServerState.Held;
        var set = new ServerState.Quarantined(quarantined.Reason, quarantined.Message)
        {
            Number = state.Number,
            Freed = quarantined.Ends ?? held?.Plan.Claim ?? FreedOf(state),
            Last = held?.Plan,
            Installed = held?.Installed,
        };
        return Enter(state, set, quarantined.At);
    }

    private static ServerState WipeAgain(ServerState.Quarantined state, ServerEvent.WipeAsked asked)
    {
        var entering = new ServerState.EnteringRescue(Purpose.Release, RescueStage.Arming)
        {
            Number = state.Number,
            Plan = asked.Plan,
            Installed = state.Installed,
            Tally = new RescueTally(Attempts: 1, Resets: 0),
            Until = asked.Until,
        };
        return Enter(state, entering, asked.At) with { Hardware = null };
    }

    /// <summary>A claim's way back starts with full purses: what provisioning spent must not keep a server from being wiped.</summary>
    private static ServerState EnterRescue(ServerState.Held held, ServerEvent.RescueIntended intended)
    {
        var spent = held is ServerState.Working working && RescueAgain.PurposeOf(working) == intended.Purpose ? working.Tally : new RescueTally(0, 0);
        var entering = new ServerState.EnteringRescue(intended.Purpose, RescueStage.Arming)
        {
            Number = held.Number,
            Plan = held.Plan,
            Installed = held.Installed,
            Tally = spent with { Attempts = spent.Attempts + 1 },
            Until = intended.Until,
            AsksNode = intended.AsksNode,
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
        HeldSince = to is ServerState.Held ? from.HeldSince ?? at : null,
        PausedSince = from.PausedSince,
        Record = from.Record,
        LastRescueKey = to.LastRescueKey ?? from.LastRescueKey,
        Hardware = from.Hardware,
        Doubt = from.Doubt,
        LastWipe = from.LastWipe,
        Answered = from.Answered,
        Trouble = null,
    };

    private static ServerState Resume(ServerState state, DateTimeOffset at)
    {
        var paused = state.PausedSince is { } since ? at - since : TimeSpan.Zero;
        return state switch
        {
            ServerState.Working { Until: { } until } working => working with { PausedSince = null, Until = until + paused },
            ServerState.Inspecting inspecting => inspecting with { PausedSince = null, Until = inspecting.Until + paused },
            _ => state with { PausedSince = null },
        };
    }

    private static UnreachableException Impossible(ServerState state, ServerEvent happened) =>
        new($"{happened.GetType().Name} cannot happen to server {state.Number} while it is {state.Phase}.");
}
