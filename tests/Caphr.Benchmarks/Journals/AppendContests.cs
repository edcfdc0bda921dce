using Caphr.Actors.Kernel;

namespace Caphr.Benchmarks.Journals;

/// <summary>
/// Many actors, each of which waits for its append before it goes on, against one loop that inserts the same rows in transactions of as many rows as
/// there are actors, which is the best that a journal could make of them.
/// </summary>
internal static class AppendContests
{
    private const double Goal = 0.7;

    public static async Task RunAsync(Report report, IDatabase database)
    {
        foreach (var (actors, each) in new[] { (1, 300), (100, 200), (1_000, 60) })
        {
            await report.CompareAsync(
                $"{database.Name} appends of {actors:N0} actors", actors * each, () => ActorsAsync(database, actors, each), () => RawAsync(database, actors, each), Goal);
        }
    }

    private static async Task ActorsAsync(IDatabase database, int actors, int each)
    {
        await using var place = await database.CreateAsync();
        await using var lease = await place.OpenJournalAsync();
        await using var system = new ActorSystem("bench", new RealTime(), new Random(1), new ThreadPoolDispatcher());
        using var recovered = new CountdownEvent(actors);
        using var appended = new CountdownEvent(actors);
        var persistence = new Persistence<Kept>(lease.Journal, Keeper.Codec);
        foreach (var id in Enumerable.Range(0, actors).Select(actor => $"actor-{actor}")) system.ActorOf(Props.Create(() => new Keeper(id, persistence, recovered, appended)), id).Tell(each);
        appended.Wait();
    }

    private static async Task RawAsync(IDatabase database, int actors, int each)
    {
        await using var place = await database.CreateAsync();
        var now = new RealTime().GetUtcNow();
        await place.InsertAsync([.. Enumerable.Range(1, each).SelectMany(number => Enumerable.Range(0, actors).Select(actor => Keeper.RowOf($"actor-{actor}", number, now)))], batch: actors);
    }
}
