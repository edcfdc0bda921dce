namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// A reset is intended before its call's turn at Robot has come, and until then nothing has happened. So what would be decided now, had it not been intended,
/// decides whether it is still pressed.
/// </summary>
internal static class SecondThoughts
{
    public static bool IsStillWanted(ServerState state, ServerWish wish, DateTimeOffset now)
    {
        var before = ServerEvolution.Unpressed(state);
        if (ReferenceEquals(before, state)) return true;
        var after = Wishes.Decide(before, wish, now).Aggregate(before, ServerEvolution.Evolve);
        return after.PausedSince is null && after.Step == before.Step && (after is not ServerState.EnteringRescue entering || EnteringRescue.Missing(entering, now) is null);
    }
}
