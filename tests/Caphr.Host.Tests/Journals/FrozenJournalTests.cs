using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.Host.Journals;

namespace Caphr.Host.Tests.Journals;

/// <summary>
/// Journals as every schema has written them, which every release has to open, bring up to date and understand. A frozen journal is never changed;
/// the newest one holds every kind of event there is.
/// </summary>
public sealed class FrozenJournalTests : IDisposable
{
    private const string HowToFreeze =
        "Add it to a server of its own in FrozenStory.cs, and freeze journals of today's format with FREEZE_JOURNALS=1 dotnet test tests/Caphr.Host.Tests --filter FrozenJournal";

    private static readonly CancellationToken s_never = CancellationToken.None;
    private static readonly string s_folder = Checkout.PathOf("tests", "Caphr.Host.Tests", "Journals", "Frozen");

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Journals => [.. Directory.GetFiles(s_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Journals))]
    public async Task A_frozen_journal_opens_and_every_server_in_it_stands_where_it_stood(string file)
    {
        await using var opened = await OpenAsync(file);
        var journal = (IJournal)opened;

        var histories = await HistoriesAsync(journal);

        Assert.NotEmpty(histories);
        foreach (var history in histories)
        {
            var number = new ServerNumber(int.Parse(history.PersistenceId.Split('-')[1], CultureInfo.InvariantCulture));
            var told = FrozenStory.Servers[number];
            Assert.Equal(told, history.Events.Select(record => ServerEvents.Codec.Decode(record.Entry)));
            Assert.Equal(StateAfter(number, told), StateAfter(number, history.Events.Select(record => ServerEvents.Codec.Decode(record.Entry))));
            Assert.Equal(told.Select(one => one.At), history.Events.Select(record => record.Entry.At));
        }

        var claim = (await ((IShardClaims)opened).ReadClaimsAsync(s_never)).Value[Shards.Of("server-1001")];
        Assert.Equal(7, claim.Epoch);
        var next = new JournalAppend("server-1001", FrozenStory.Servers[new ServerNumber(1001)].Count, Epoch: 7, Guid.Empty, [new JournalEntry("next", 1, "{}", FrozenStory.Start)]);
        Assert.Equal(AppendResult.Fenced, (await journal.AppendAsync(next with { Epoch = 6 }, s_never)).Result);
        Assert.Equal(AppendOutcome.Appended, await journal.AppendAsync(next, s_never));
    }

    [Theory]
    [InlineData("sqlite-*.db")]
    [InlineData("postgres-*.sql")]
    public async Task The_newest_frozen_journal_holds_every_kind_of_event(string pattern)
    {
        if (Environment.GetEnvironmentVariable("FREEZE_JOURNALS") is not null) await FreezeAsync();
        var newest = Directory.GetFiles(s_folder, pattern).Select(file => Path.GetFileName(file)).MaxBy(Version)!;
        Assert.True(Version(newest) == (pattern.StartsWith("sqlite", StringComparison.Ordinal) ? SqliteSchema.CurrentVersion : PostgresSchema.CurrentVersion), $"No journal of today's schema is frozen. {HowToFreeze}");
        await using var opened = await OpenAsync(newest);

        var frozen = (await HistoriesAsync((IJournal)opened)).SelectMany(history => history.Events).Select(record => (record.Entry.Manifest, record.Entry.Version)).ToHashSet();

        var missing = ServerEvents.Codec.Manifests.Where(known => !frozen.Contains(known)).Select(known => $"{known.Manifest} v{known.Version}");
        Assert.True(!missing.Any(), $"{newest} does not hold {string.Join(", ", missing)}. {HowToFreeze}");
    }

    [Fact]
    public async Task A_frozen_snapshot_is_read_as_it_was_written()
    {
        foreach (var file in new[] { $"sqlite-{SqliteSchema.CurrentVersion}.db", $"postgres-{PostgresSchema.CurrentVersion}.sql" })
        {
            await using var opened = await OpenAsync(file);

            var diary = (await ((IJournal)opened).ReadAsync("diary", s_never)).Value;

            Assert.Equal(new JournalSnapshot("diary", 1, Note(1)), diary.Snapshot);
            Assert.Equal([Note(2)], diary.Events.Select(record => record.Entry));
        }
    }

    public void Dispose() => _directory.Delete();

    private static ServerState StateAfter(ServerNumber number, IEnumerable<ServerEvent> events) => events.Aggregate(ServerLifecycle.Start(number), ServerEvolution.Evolve);

    private static async Task<IReadOnlyList<ActorHistory>> HistoriesAsync(IJournal journal)
    {
        var histories = new List<ActorHistory>();
        for (var shard = 0; shard < Shards.Count; shard++) histories.AddRange((await journal.ReadShardAsync(shard, s_never)).Value);
        return [.. histories.Where(history => history.PersistenceId.StartsWith("server-", StringComparison.Ordinal))];
    }

    private static JournalEntry Note(int number) => new("noted", 3, $$"""{"number":{{number}}}""", FrozenStory.Start);

    private static int Version(string file) => int.Parse(Path.GetFileNameWithoutExtension(file).Split('-')[1], CultureInfo.InvariantCulture);

    /// <summary>A copy: what is frozen is not written to.</summary>
    private async Task<IAsyncDisposable> OpenAsync(string file)
    {
        if (file.StartsWith("sqlite", StringComparison.Ordinal))
        {
            File.Copy(Path.Combine(s_folder, file), _directory.File(file));
            return SqliteJournal.Open(_directory.File(file)).Value;
        }

        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, await File.ReadAllTextAsync(Path.Combine(s_folder, file)));
        return (await PostgresJournal.OpenAsync(database, s_never)).Value;
    }

    private async Task FreezeAsync()
    {
        var path = _directory.File("today.db");
        await using (var sqlite = SqliteJournal.Open(path).Value) await TellAsync(sqlite, sqlite);
        File.Copy(path, Path.Combine(s_folder, $"sqlite-{SqliteSchema.CurrentVersion}.db"), overwrite: true);

        var server = await PostgresServer.Shared;
        var database = await server.CreateDatabaseAsync();
        await using (var postgres = (await PostgresJournal.OpenAsync(database, s_never)).Value) await TellAsync(postgres, postgres);
        await File.WriteAllTextAsync(Path.Combine(s_folder, $"postgres-{PostgresSchema.CurrentVersion}.sql"), await server.DumpAsync(database));
    }

    private static async Task TellAsync(IJournal journal, IShardClaims claims)
    {
        var write = 0;
        foreach (var (number, events) in FrozenStory.Servers)
        {
            var entries = events.Select(one => ServerEvents.Codec.Encode(one, one.At)).ToArray();
            await journal.AppendAsync(new JournalAppend(ServerActor.IdOf(number), 0, Epoch: 0, new Guid(++write, 0, 0, new byte[8]), entries), s_never);
        }

        await journal.AppendAsync(new JournalAppend("diary", 0, Epoch: 0, new Guid(++write, 0, 0, new byte[8]), [Note(1), Note(2)]), s_never);
        await journal.SaveSnapshotAsync(new JournalSnapshot("diary", 1, Note(1)), epoch: 0, s_never);
        await claims.ClaimAsync(new ShardClaim(Shards.Of("server-1001"), Epoch: 7, "caphr-0"), s_never);
    }
}
