namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// Talos restarts its services with the configuration. Proof is a connection under the cluster's own certificates and a machine
/// that waits for nothing it could do itself; an open port proves nothing.
/// </summary>
internal static class Joining
{
    public static ServerEffect Effect(ServerState.Joining state) => new ServerEffect.AwaitNode(ServerLifecycle.Key(state), state.Record!.Address, state.Plan.TalosSecrets);

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Joining state, ServerInput.Heard heard, DateTimeOffset now) => heard switch
    {
        ServerInput.Heard.NodeProven proven => [new ServerEvent.NodeProven(now, proven.TalosVersion)],
        ServerInput.Heard.LeftUnknown unknown => Refusals.BackOff(state, "TalosSilent", unknown.Message, now),
        _ => [],
    };

    /// <summary>The node has its configuration and may yet come, so it is left running for a person to look at.</summary>
    public static IReadOnlyList<ServerEvent> Overdue(DateTimeOffset now) =>
        [new ServerEvent.GaveUp(now, "JoinTimedOut", $"The node did not prove itself under the cluster's certificates within {Limits.JoinTimeout.TotalMinutes:0} minutes.")];
}
