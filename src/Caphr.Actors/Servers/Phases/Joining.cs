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
}
