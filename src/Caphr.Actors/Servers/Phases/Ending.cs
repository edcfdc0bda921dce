namespace Caphr.Actors.Servers.Phases;

/// <summary>What it means to give up: at rest and explained, whatever was under way.</summary>
internal static class Ending
{
    public static IReadOnlyList<ServerEvent> GiveUp(ServerState state, string reason, string message, DateTimeOffset now) => state switch
    {
        // The claim ends all the same, or nothing above the Machine could ever be deleted. The server is not offered again.
        { Phase: ServerPhase.Releasing } => [new ServerEvent.Quarantined(now, reason, $"It could not be given back in order: {message} Its disk counts as not wiped.")],
        // Their node was not touched, or runs again: a wish that cannot be granted makes it no worse.
        ServerState.Repairing { Order.Cause: RepairCause.Person } => [new ServerEvent.StepRefused(now, reason, message, now, Counted: false), new ServerEvent.RepairEnded(now, Returned: false)],
        ServerState.Inspecting => [new ServerEvent.Quarantined(now, reason, $"It could not be inspected: {message}")],
        ServerState.Held => [new ServerEvent.GaveUp(now, reason, message)],
        // Nothing is at stake, and a person may be mending it right now.
        _ => [new ServerEvent.StepRefused(now, reason, message, now + Limits.PersonPace, Counted: false)],
    };

    /// <summary>The claim is over. A server that is doubted is free of it, and not free to take.</summary>
    public static IReadOnlyList<ServerEvent> Free(ServerState.Held state, bool wiped, DateTimeOffset now) => state.Doubt is { } doubt
        ? [new ServerEvent.Released(now, wiped), new ServerEvent.Quarantined(now, doubt.Reason, doubt.Message)]
        : [new ServerEvent.Released(now, wiped)];
}
