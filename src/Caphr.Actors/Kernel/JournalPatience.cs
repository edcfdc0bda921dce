namespace Caphr.Actors.Kernel;

/// <summary>Waits for a journal that cannot be reached, for as long as it takes, and says so once.</summary>
internal static class JournalPatience
{
    /// <summary>Runs outside the actor's turn: it touches nothing of the actor but what never changes.</summary>
    public static async Task<T> UntilAvailable<T>(
        ActorSystem system, ActorPath actor, string about, Backoff retry, Func<CancellationToken, Task<T>> ask, Func<T, string?> whyUnavailable, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var answer = await ask(cancellation);
            if (whyUnavailable(answer) is not { } why)
            {
                if (attempt > 0) system.EventStream.Publish(new JournalResumed(actor, about, attempt + 1));
                return answer;
            }

            if (attempt == 0) system.EventStream.Publish(new JournalStalled(actor, about, why));
            await Task.Delay(retry.Delay(attempt, system.Random), system.Clock, cancellation);
        }
    }
}
