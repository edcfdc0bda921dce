namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// Talos waits in maintenance, reachable by anyone, so this is short: the bootstrap provider's configuration, with the facts of this
/// hardware placed in it, goes to the very API that was seen first. A node that already runs under our certificates has taken it.
/// </summary>
internal static class Configuring
{
    /// <summary>The bootstrap Secret was named before the server was touched (see <see cref="Wishes"/>), so it is known here.</summary>
    public static ServerEffect Effect(ServerState.Configuring state) => new ServerEffect.ApplyConfiguration(
        ServerLifecycle.Key(state),
        state.Record!.Address,
        state.Talos,
        state.Plan.Bootstrap!,
        state.Plan.TalosSecrets,
        state.Disk,
        state.Boot,
        state.Plan.ProviderId,
        state.Record,
        state.Plan.Node);

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Configuring state, ServerInput.Heard heard, DateTimeOffset now) => heard switch
    {
        ServerInput.Heard.ConfigurationAccepted accepted => [new ServerEvent.ConfigurationAccepted(now, now + Limits.JoinTimeout) { Kept = accepted.Kept }],
        ServerInput.Heard.LeftUnknown unknown => Refusals.BackOff(state, "TalosSilent", unknown.Message, now),
        _ => [],
    };

    /// <summary>What was not taken in this time is not taken after another installation either: a person looks.</summary>
    public static IReadOnlyList<ServerEvent> Overdue(DateTimeOffset now) =>
        [new ServerEvent.GaveUp(now, "ConfigurationTimedOut", $"Talos did not take the machine configuration within {Limits.ConfigureTimeout.TotalMinutes:0} minutes.")];
}
