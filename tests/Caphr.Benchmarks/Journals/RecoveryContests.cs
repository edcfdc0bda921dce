using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Benchmarks.Journals;

/// <summary>Ten thousand actors that come to life with twenty events each, against a SELECT of the same rows that makes nothing of them.</summary>
internal static class RecoveryContests
{
    private const int Actors = 10_000;
    private const int Each = 20;
    private const double Goal = 0.4;

    public static async Task RunAsync(Report report, IDatabase database)
    {
        await using var place = await database.CreateAsync();
        var now = new RealTime().GetUtcNow();
        // Interleaved, as a journal is that many actors have written to.
        await place.InsertAsync([.. Enumerable.Range(1, Each).SelectMany(number => Enumerable.Range(0, Actors).Select(actor => Keeper.RowOf($"actor-{actor}", number, now)))], batch: Actors);

        await report.CompareAsync($"{database.Name} recovery, each actor reads its own", Actors * Each, () => RecoverAsync(place, StartAsync), place.SelectAsync, Goal);
        await report.CompareAsync($"{database.Name} recovery, each shard is read in bulk", Actors * Each, () => RecoverAsync(place, StartByShardAsync), place.SelectAsync, Goal);
    }

    private static async Task RecoverAsync(IPlace place, Func<ActorSystem, IJournal, CountdownEvent, Task> start)
    {
        await using var lease = await place.OpenJournalAsync();
        await using var system = new ActorSystem("bench", new RealTime(), new Random(1), new ThreadPoolDispatcher());
        using var recovered = new CountdownEvent(Actors);
        await start(system, lease.Journal, recovered);
        recovered.Wait();
    }

    private static Task StartAsync(ActorSystem system, IJournal journal, CountdownEvent recovered)
    {
        for (var i = 0; i < Actors; i++) StartKeeper(system, journal, $"actor-{i}", recovered);
        return Task.CompletedTask;
    }

    /// <summary>As a region does that takes shards over: it reads a shard at once and starts every actor that has a past there.</summary>
    private static async Task StartByShardAsync(ActorSystem system, IJournal journal, CountdownEvent recovered)
    {
        for (var shard = 0; shard < Shards.Count; shard++)
        {
            var read = await journal.ReadShardAsync(shard, CancellationToken.None);
            var prefetched = new PrefetchedJournal(journal, read.Value);
            foreach (var history in read.Value) StartKeeper(system, prefetched, history.PersistenceId, recovered);
        }
    }

    private static void StartKeeper(ActorSystem system, IJournal journal, string id, CountdownEvent recovered) =>
        system.ActorOf(Props.Create(() => new Keeper(id, new Persistence<Kept>(journal, Keeper.Codec), recovered, recovered)), id);
}
