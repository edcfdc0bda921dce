using Caphr.Actors.Journal;

namespace Caphr.Benchmarks.Journals;

/// <summary>Ten thousand actors that come to life with twenty events each, against a SELECT of the same rows that makes nothing of them.</summary>
internal static class RecoveryContests
{
    private const int Actors = 10_000;
    private const int Each = 20;
    private const double Goal = 0.4;

    public static async Task RunAsync(Report report, IDatabase database)
    {
        var contest = $"{database.Name}, recovery of {Actors:N0} actors x {Each} events, against a SELECT of the rows";
        if (report.IsLeftOut(contest)) return;

        await using var place = await database.CreateAsync();
        await using (var hand = await place.OpenByHandAsync())
        {
            // Interleaved, as a journal is that many actors have written to.
            for (var sequence = 1; sequence <= Each; sequence++) await hand.InsertAsync(Keeper.Rows(Keeper.Names(Actors), sequence, new RealTime().GetUtcNow()));
        }

        await report.CompareAsync(contest, Actors * Each, () => RecoveryAsync(place), () => SelectAsync(place), Goal);
    }

    private static async Task<Contestant> RecoveryAsync(IPlace place)
    {
        var lease = await place.OpenJournalAsync();
        var arena = new Arena();
        return new Contestant(
            async () =>
            {
                var recovered = arena.Expect(Actors);
                await StartAllAsync(lease.Journal, arena);
                await recovered;
            },
            lease, arena);
    }

    private static async Task<Contestant> SelectAsync(IPlace place)
    {
        var hand = await place.OpenByHandAsync();
        return new Contestant(
            async () =>
            {
                if (await hand.SelectAsync() is var rows && rows != Actors * Each) throw new InvalidOperationException($"The contest is void: {rows} rows were read.");
            },
            hand);
    }

    /// <summary>As the shards of a replica do that comes to own them all: each reads its own, all at once, and starts every actor that has a past.</summary>
    private static Task StartAllAsync(IJournal journal, Arena arena) => Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(async shard =>
    {
        var read = await journal.ReadShardAsync(shard, CancellationToken.None);
        var prefetched = new PrefetchedJournal(journal, read.Value);
        foreach (var history in read.Value) Keeper.Start(history.PersistenceId, prefetched, arena);
    }));
}
