namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// What a person asks of this server by an annotation. Each token is answered once, also with no: a request that could not be granted when it was
/// made must not come true at some later time. So a reset that was asked for before this journal knew the server is not carried out either.
/// </summary>
internal static class Requests
{
    /// <summary>Nothing: no request is open, or the open one waits for the state in which it can be answered.</summary>
    public static IReadOnlyList<ServerEvent> Decide(ServerState state, ServerWish wish, DateTimeOffset now) =>
        Open(wish.Requests.Inspect, state.Answered.Inspect) is { } inspect && Inspect(state, wish, inspect, now) is { Count: > 0 } inspected ? inspected
        : Open(wish.Requests.PowerCycle, state.Answered.PowerCycle) is { } cycle && PowerCycle(state, wish, cycle, now) is { Count: > 0 } cycled ? cycled
        : Open(wish.Requests.Accept, state.Answered.Accept) is { } accept ? Accept(state, accept, now)
        : Open(wish.Requests.Retry, state.Answered.Retry) is { } retry ? Retry(state, wish, retry, now)
        : [];

    private static string? Open(string? token, string? answered) => token == answered ? null : token;

    private static IReadOnlyList<ServerEvent> Inspect(ServerState state, ServerWish wish, string token, DateTimeOffset now) => state switch
    {
        ServerState.Registered or ServerState.Inspecting => [],
        // It is being claimed, or there is nobody to ask for a rescue system.
        ServerState.Available when wish.Provision is not null || wish.Robot is null => [],
        ServerState.Available => [Granted(ServerRequest.Inspect, token, "It is inspected.", now), Inspecting.Begin(wish.Robot, now)],
        ServerState.Quarantined => [Declined(ServerRequest.Inspect, token, "The server is in quarantine: annotate it with caphr.io/retry, or with caphr.io/accept if it is all right.", now)],
        _ => [Declined(ServerRequest.Inspect, token, "Only a free server is inspected: it would take the node down.", now)],
    };

    private static IReadOnlyList<ServerEvent> PowerCycle(ServerState state, ServerWish wish, string token, DateTimeOffset now) => state switch
    {
        ServerState.Provisioned when wish.Release is not null => [Declined(ServerRequest.PowerCycle, token, "Its Machine is being deleted.", now)],
        ServerState.Provisioned when wish.Hold is not null => [],
        ServerState.Provisioned =>
        [
            Granted(ServerRequest.PowerCycle, token, "Its node is restarted.", now),
            .. Repairing.Begin(new RepairOrder($"power-cycle {token}", RepairCause.Person, Resets: 1, Limits.BootTimeout), now),
        ],
        _ => [Declined(ServerRequest.PowerCycle, token, $"Only a server with a running node is power-cycled, and this one is {state.Phase}.", now)],
    };

    private static IReadOnlyList<ServerEvent> Retry(ServerState state, ServerWish wish, string token, DateTimeOffset now) => state switch
    {
        // Its node may be at work. Who wants it erased says whose it was.
        ServerState.Quarantined { NodeMayRun: true, Freed: { } freed } when token != freed.MachineUid =>
            [Declined(ServerRequest.Retry, token, $"Its node may still be running, and a retry wipes it: if that is meant, write {freed} as the value.", now)],
        // Whose it was is not on record any more, so it can neither be named nor wiped for that.
        ServerState.Quarantined { NodeMayRun: true, Freed: null } =>
            [Declined(ServerRequest.Retry, token, "Its node may still be running, and CAPHR's record of it is lost, so it is not wiped: stop it, wipe it yourself, and annotate the HetznerRobotHost with caphr.io/accept.", now)],
        ServerState.Quarantined { Last: { } last, Installed: var installed } when installed is not null || last.AlreadyNode => Wipe(last.WipedUnder(wish.QuarantineGuard, wish), token, now),
        ServerState.Quarantined when wish.Robot is { } robot => [Granted(ServerRequest.Retry, token, "It is inspected again.", now), Inspecting.Begin(robot, now)],
        ServerState.Quarantined => [],
        _ => [Declined(ServerRequest.Retry, token, "The server is not in quarantine. What failed for a Machine is tried again by annotating its HetznerRobotMachine.", now)],
    };

    private static IReadOnlyList<ServerEvent> Wipe(Provision plan, string token, DateTimeOffset now) => plan.Guard.WhyNot(plan.Claim, now) is { } missing
        ? [Declined(ServerRequest.Retry, token, missing.Message, now)]
        : [Granted(ServerRequest.Retry, token, "It is wiped.", now), new ServerEvent.WipeAsked(now, plan, now + Limits.RescueTimeout)];

    private static IReadOnlyList<ServerEvent> Accept(ServerState state, string token, DateTimeOffset now) => state is ServerState.Quarantined
        ? [Granted(ServerRequest.Accept, token, "A person vouches for the server as it is.", now), new ServerEvent.QuarantineLifted(now)]
        : [Declined(ServerRequest.Accept, token, "The server is not in quarantine, so there is nothing to accept.", now)];

    private static ServerEvent.RequestAnswered Granted(ServerRequest request, string token, string message, DateTimeOffset now) => new(now, request, token, Granted: true, message);

    private static ServerEvent.RequestAnswered Declined(ServerRequest request, string token, string message, DateTimeOffset now) => new(now, request, token, Granted: false, message);
}
