namespace Caphr.Actors.Servers.Phases;

/// <summary>A server that may not be wiped yet is not touched either: it stays as it is, and says what it waits for, once.</summary>
internal static class Permits
{
    public static (string Reason, string Message)? Missing(ServerState.Held state, DateTimeOffset now) => state.Plan.Guard.WhyNot(state.Plan.Claim, now);

    public static IReadOnlyList<ServerEvent> Await(ServerState.Held state, (string Reason, string Message) missing, DateTimeOffset now) => state switch
    {
        // What is under way comes to its end first: to break it off would only have it begun anew.
        ServerState.Working => [],
        { Trouble: { } said } when said.Reason == missing.Reason && said.Message == missing.Message => [],
        _ => [new ServerEvent.StepRefused(now, missing.Reason, missing.Message, now + Limits.PersonPace, Counted: false)],
    };
}
