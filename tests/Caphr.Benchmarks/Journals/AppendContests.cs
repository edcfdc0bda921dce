namespace Caphr.Benchmarks.Journals;

/// <summary>
/// Actors, each of which waits for its append before it goes on, against one loop that inserts the same rows in transactions of as many rows as there
/// are actors: the best that a journal could make of them. Everybody has appended once before the clock starts.
/// </summary>
internal static class AppendContests
{
    private const double Goal = 0.7;

    public static async Task RunAsync(Report report, IDatabase database)
    {
        foreach (var (actors, each) in new[] { (1, 200), (100, 60), (1_000, 20) })
        {
            await report.CompareAsync(
                $"{database.Name}, appends of {actors:N0} actors, against inserts of {actors:N0} rows a transaction",
                actors * each,
                () => ActorsAsync(database, Keeper.Names(actors), each),
                () => ByHandAsync(database, Keeper.Names(actors), each),
                Goal);
        }
    }

    private static async Task<Contestant> ActorsAsync(IDatabase database, IReadOnlyList<string> names, int each)
    {
        var place = await database.CreateAsync();
        var lease = await place.OpenJournalAsync();
        var arena = new Arena();
        var recovered = arena.Expect(names.Count);
        var keepers = names.Select(name => Keeper.Start(name, lease.Journal, arena)).ToList();
        await recovered;
        await AppendAsync(1);
        return new Contestant(() => AppendAsync(each), place, lease, arena);

        Task AppendAsync(int events)
        {
            var appended = arena.Expect(keepers.Count);
            foreach (var keeper in keepers) keeper.Tell(events);
            return appended;
        }
    }

    private static async Task<Contestant> ByHandAsync(IDatabase database, IReadOnlyList<string> names, int each)
    {
        var place = await database.CreateAsync();
        var hand = await place.OpenByHandAsync();
        var now = new RealTime().GetUtcNow();
        await hand.InsertAsync(Keeper.Rows(names, 1, now));
        var transactions = Enumerable.Range(2, each).Select(sequence => Keeper.Rows(names, sequence, now)).ToList();
        return new Contestant(
            async () =>
            {
                foreach (var transaction in transactions) await hand.InsertAsync(transaction);
            },
            place, hand);
    }
}
