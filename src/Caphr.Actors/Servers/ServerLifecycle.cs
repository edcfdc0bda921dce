using Caphr.Actors.Servers.Phases;

namespace Caphr.Actors.Servers;

/// <summary>
/// The life of one server, as pure functions. This file only routes: what a phase does, waits for and gives up on is in the file
/// of that phase; what every phase shares (wishes, refusals) has a file each as well.
/// </summary>
public static class ServerLifecycle
{
    public static ServerState Start(ServerNumber number) => new ServerState.Registered(Robot: null) { Number = number };

    public static Decision Decide(ServerState state, ServerInput input, DateTimeOffset now)
    {
        var events = Events(state, input, now);
        var after = events.Aggregate(state, ServerEvolution.Evolve);
        var effect = Outstanding(after);
        return new Decision(events, effect?.Key == Outstanding(state)?.Key ? null : effect);
    }

    /// <summary>The effect that must be running in this state. After a restart it is started again, and observes before it acts.</summary>
    public static ServerEffect? Outstanding(ServerState state) => state.PausedSince is null ? StepOf(state) : null;

    /// <summary>Whether what has become of the wish since leaves a step that surely has not begun as it is. Of a reset, which may wait long for its turn.</summary>
    public static bool IsStillWanted(ServerState state, ServerWish wish, DateTimeOffset now) => SecondThoughts.IsStillWanted(state, wish, now);

    /// <summary>What this state is about. During a pause it is not begun, and what was begun before it comes to its end.</summary>
    private static ServerEffect? StepOf(ServerState state)
    {
        var effect = state switch
        {
            ServerState.Registered registered => Registering.Effect(registered),
            ServerState.Inspecting inspecting => Inspecting.Effect(inspecting),
            ServerState.Repairing repairing => Repairing.Effect(repairing),
            ServerState.EnteringRescue entering => EnteringRescue.Effect(entering),
            ServerState.InRescue inRescue => InRescue.Effect(inRescue),
            ServerState.Installing installing => Installing.Effect(installing),
            ServerState.Booting booting => Booting.Effect(booting),
            ServerState.Configuring configuring => Configuring.Effect(configuring),
            ServerState.Joining joining => Joining.Effect(joining),
            ServerState.Wiping wiping => Releasing.Effect(wiping),
            _ => null,
        };
        return effect is null || state.Trouble is not { } trouble || effect.NotBefore > trouble.RetryAt ? effect : effect with { NotBefore = trouble.RetryAt };
    }

    private static IReadOnlyList<ServerEvent> Events(ServerState state, ServerInput input, DateTimeOffset now) => input switch
    {
        ServerInput.WishObserved wished => Wishes.Decide(state, wished.Wish, now),
        ServerInput.Recovered => Recovery(state, now),
        // A timer that was set for a deadline which has moved since, or that fires while paused: nothing is due.
        ServerInput.DeadlineCame => state is { PausedSince: null, Deadline: { } deadline } && now >= deadline ? Overdue(state, now) : [],
        // An older step's answer: whatever it says was already taken into account when that step was left.
        ServerInput.Heard heard when heard.Key != Key(state) => [],
        // A state at rest has nothing under way that could end.
        ServerInput.Heard when StepOf(state) is null => [],
        ServerInput.Heard.Refused refused => Refusals.Decide(state, refused, now),
        ServerInput.Heard heard => Unhurried(state, Answer(state, heard, now)),
        _ => [],
    };

    /// <summary>What has led to a reset is looked at anew after a pause: an intention that a crash finds before it was acted on must be taken for a reset.</summary>
    private static IReadOnlyList<ServerEvent> Unhurried(ServerState state, IReadOnlyList<ServerEvent> events) =>
        state.PausedSince is not null && events is [.., ServerEvent.ResetIntended] ? [] : events;

    private static IReadOnlyList<ServerEvent> Answer(ServerState state, ServerInput.Heard heard, DateTimeOffset now) => state switch
    {
        ServerState.Registered registered => Registering.Decide(registered, heard, now),
        ServerState.Inspecting inspecting => Inspecting.Decide(inspecting, heard, now),
        ServerState.Repairing repairing => Repairing.Decide(repairing, heard, now),
        ServerState.EnteringRescue entering => EnteringRescue.Decide(entering, heard, now),
        ServerState.InRescue inRescue => InRescue.Decide(inRescue, heard, now),
        ServerState.Installing installing => Installing.Decide(installing, heard, now),
        ServerState.Booting booting => Booting.Decide(booting, heard, now),
        ServerState.Configuring configuring => Configuring.Decide(configuring, heard, now),
        ServerState.Joining joining => Joining.Decide(joining, heard, now),
        ServerState.Wiping wiping => Releasing.Decide(wiping, heard, now),
        _ => [],
    };

    private static IReadOnlyList<ServerEvent> Overdue(ServerState state, DateTimeOffset now) => state switch
    {
        ServerState.Inspecting inspecting => Inspecting.Overdue(inspecting, now),
        ServerState.Repairing repairing => Repairing.Overdue(repairing, now),
        ServerState.EnteringRescue entering => EnteringRescue.Overdue(entering, now),
        ServerState.InRescue inRescue => InRescue.Overdue(inRescue, now),
        ServerState.Installing installing => Installing.Overdue(installing, now),
        ServerState.Booting booting => Booting.Overdue(booting, now),
        ServerState.Configuring => Configuring.Overdue(now),
        ServerState.Joining => Joining.Overdue(now),
        ServerState.Wiping wiping => Releasing.Overdue(wiping, now),
        _ => [],
    };

    /// <summary>
    /// Every step but two may simply be run again, because it observes first. A reset may not: whether it was pressed is unknown. And a node that was told to go
    /// may have used up the order for the rescue system meanwhile, so that is looked after first.
    /// </summary>
    private static IReadOnlyList<ServerEvent> Recovery(ServerState state, DateTimeOffset now) => state switch
    {
        ServerState.EnteringRescue { Stage: RescueStage.Dismissing } dismissing => [new ServerEvent.RescueIntended(now, dismissing.Purpose, now + Limits.RescueTimeout) { AsksNode = true }],
        { IsPressing: true } => [new ServerEvent.ResetPressed(now, Known: false)],
        _ => [],
    };

    internal static EffectKey Key(ServerState state) => new(state.Number, state.Step);
}
