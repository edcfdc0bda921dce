namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// What is decided on begins later: a reset when its call's turn at Robot has come, a write when the rescue system has let us in. Until then nothing has happened, so
/// what would be decided now, had it not been, decides whether it still begins.
/// </summary>
internal static class SecondThoughts
{
    public static bool IsStillWanted(ServerState state, ServerWish wish, DateTimeOffset now)
    {
        var before = ServerEvolution.Unpressed(state);
        var after = Wishes.Decide(before, wish, now).Aggregate(before, ServerEvolution.Evolve);
        return after.PausedSince is null && after.Step == before.Step && IsPermitted(after, now);
    }

    private static bool IsPermitted(ServerState state, DateTimeOffset now) => state switch
    {
        ServerState.EnteringRescue entering => EnteringRescue.Missing(entering, now) is null,
        ServerState.Working writing and (ServerState.Installing or ServerState.Wiping) => Permits.Missing(writing, now) is null,
        _ => true,
    };
}
