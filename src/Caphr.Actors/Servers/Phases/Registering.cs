namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// A number from a HetznerRobotHost becomes a server: Robot is asked once for its addresses and place. Starts when credentials are
/// at hand, ends with an answer; never gives up, because nothing is at stake and a person may be typing the credentials right now.
/// </summary>
internal static class Registering
{
    public static ServerEffect? Effect(ServerState.Registered state) =>
        state is { Record: null, Robot: { } robot } ? new ServerEffect.LookUpServer(ServerLifecycle.Key(state), robot) : null;

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Registered state, ServerInput.Heard heard, DateTimeOffset now) => heard switch
    {
        ServerInput.Heard.ServerFound found => state.Doubt is { } doubt
            ? [new ServerEvent.Identified(now, found.Record), new ServerEvent.Quarantined(now, doubt.Reason, doubt.Message)]
            : [new ServerEvent.Identified(now, found.Record)],
        ServerInput.Heard.LeftUnknown unknown => Refusals.BackOff(state, "RobotSilent", unknown.Message, now),
        _ => [],
    };
}
