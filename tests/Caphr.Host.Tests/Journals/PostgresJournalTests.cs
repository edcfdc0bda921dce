using Caphr.Actors.Journal;
using Caphr.Actors.Tests.Journal;
using Caphr.Host.Journals;
using Npgsql;

namespace Caphr.Host.Tests.Journals;

public sealed class PostgresJournalTests : JournalConformance
{
    private static readonly CancellationToken s_never = CancellationToken.None;

    private readonly List<PostgresJournal> _handles = [];
    private string _database = "";

    [Fact]
    public async Task Replicas_that_start_at_once_make_the_tables_once()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();

        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostgresJournal.OpenAsync(database, s_never)));

        foreach (var one in opened) await one.Value.DisposeAsync();
        Assert.Equal(1L, await PostgresServer.ExecuteAsync(database, "SELECT count(*) FROM caphr.schema_version"));
        Assert.Equal(128L, await PostgresServer.ExecuteAsync(database, "SELECT count(*) FROM caphr.shards"));
    }

    [Fact]
    public async Task A_journal_of_a_later_release_is_left_alone()
    {
        await PostgresServer.ExecuteAsync(_database, "UPDATE caphr.schema_version SET version = 99");

        Assert.False((await PostgresJournal.OpenAsync(_database, s_never)).TryGet(out _, out var failure));

        Assert.Equal(JournalError.NewerSchema, failure.Error);
        Assert.Contains("99", failure.Message, StringComparison.Ordinal);
        Assert.Equal(99, await PostgresServer.ExecuteAsync(_database, "SELECT version FROM caphr.schema_version"));
    }

    [Fact]
    public async Task Appends_that_wait_together_share_transactions()
    {
        const int Actors = 400;
        await AppendAsync("the first", 0, Entry());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => AppendAsync($"actor-{actor}", 0, Entry())));

        Assert.All(outcomes, outcome => Assert.Equal(AppendResult.Appended, outcome.Result));
        var transactions = await PostgresServer.ExecuteAsync(_database, "SELECT count(DISTINCT xmin::text) FROM caphr.events");
        Assert.InRange((long)transactions!, 1, Actors / 10);
    }

    [Fact]
    public async Task In_a_group_each_append_gets_its_own_answer()
    {
        await AppendAsync("stands", 0, Entry());
        await AppendAsync("conflicts", 0, Entry());
        var writes = 0;
        JournalAppend New(string id, long expected, long epoch) => new(id, expected, epoch, new Guid(++writes, 1, 1, new byte[8]), [Entry(), Entry()]);
        var repeated = New("repeats", expected: 0, epoch: 0);
        await Journal.AppendAsync(repeated, s_never);
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();

        var outcomes = await PostgresWriter.AppendAsync(connection, [New("stands", 1, 0), New("conflicts", 0, 0), repeated, New("fenced", 0, 5), New("new", 0, 0)]);

        Assert.Equal([AppendResult.Appended, AppendResult.Conflict, AppendResult.Appended, AppendResult.Fenced, AppendResult.Appended], outcomes.Select(outcome => outcome.Result));
        Assert.Equal(
            ["conflicts 1", "new 1", "new 2", "repeats 1", "repeats 2", "stands 1", "stands 2", "stands 3"],
            (await Journal.ReadAllAsync(0, 100, s_never)).Value.Select(record => $"{record.PersistenceId} {record.Sequence}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Few_connections_carry_everything()
    {
        var work = Enumerable.Range(0, 300).Select(async actor =>
        {
            await AppendAsync($"actor-{actor}", 0, Entry());
            return (await Journal.ReadAsync($"actor-{actor}", s_never)).Value.Events.Count;
        });

        Assert.All(await Task.WhenAll(work), count => Assert.Equal(1, count));
        Assert.InRange((long)(await PostgresServer.ExecuteAsync(_database, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'caphr' AND datname = current_database()"))!, 1, 4);
    }

    /// <summary>A transaction that has its offsets and is not committed yet holds up the next one, or a reader that saw the next one would never see this one.</summary>
    [Fact]
    public async Task Who_reads_on_from_an_offset_never_misses_an_event_that_was_committed_later()
    {
        var second = await OpenAnotherAsync();
        var seen = new List<JournalRecord>();
        var writing = Task.WhenAll(new[] { Journal, second }.Select((journal, handle) => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var burst = Enumerable.Range(0, 3).Select(actor => AppendAsync(journal, $"{handle}-{actor}", i, Entry()));
                Assert.All(await Task.WhenAll(burst), outcome => Assert.Equal(AppendResult.Appended, outcome.Result));
            }
        })));

        for (var isLast = false; !isLast;)
        {
            isLast = writing.IsCompleted;
            seen.AddRange((await Journal.ReadAllAsync(seen.Count == 0 ? 0 : seen[^1].Offset, 1000, s_never)).Value);
        }

        await writing;
        Assert.Equal(600, seen.Count);
        Assert.Equal(600L, await PostgresServer.ExecuteAsync(_database, "SELECT count(*) FROM caphr.events"));
    }

    /// <summary>An append that is already on its way when the shard is claimed: it must judge by what is true in its turn, not by what was when it came.</summary>
    [Fact]
    public async Task An_append_that_waited_for_a_claim_to_be_committed_is_fenced_by_it()
    {
        await using var claiming = new NpgsqlConnection(_database);
        await claiming.OpenAsync();
        await using var claim = await claiming.BeginTransactionAsync();
        await using var turn = new NpgsqlCommand("SELECT caphr.take_turn(); UPDATE caphr.shards SET epoch = 5", claiming);
        await turn.ExecuteNonQueryAsync();

        var append = AppendAsync("actor", 0, Entry());
        while (await PostgresServer.ExecuteAsync(_database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") is 0L) Assert.False(append.IsCompleted);
        await claim.CommitAsync();

        Assert.Equal(AppendResult.Fenced, (await append).Result);
        Assert.Empty((await Journal.ReadAsync("actor", s_never)).Value.Events);
    }

    [Fact]
    public async Task A_database_that_would_answer_before_it_has_written_is_told_not_to()
    {
        await PostgresServer.ExecuteAsync(_database, $"ALTER DATABASE {Name} SET synchronous_commit = off");
        await PostgresServer.ExecuteAsync(_database, $"ALTER DATABASE {Name} SET default_transaction_isolation = 'repeatable read'");
        // What the transaction of an append really ran with is written down from inside of it.
        await PostgresServer.ExecuteAsync(
            _database,
            """
            CREATE TABLE ran_with (durable text, isolation text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO ran_with VALUES (current_setting(''synchronous_commit''), current_setting(''transaction_isolation'')); RETURN NULL; END';
            CREATE TRIGGER appended AFTER INSERT ON caphr.events FOR EACH STATEMENT EXECUTE FUNCTION note();
            CREATE TRIGGER claimed AFTER UPDATE ON caphr.shards FOR EACH STATEMENT EXECUTE FUNCTION note();
            """);
        var journal = await OpenAnotherAsync();

        await AppendAsync(journal, "actor", 0, Entry());
        await ((IShardClaims)journal).ClaimAsync(new ShardClaim(3, 1, "owner"), s_never);

        Assert.Equal("on, read committed; on, read committed", await PostgresServer.ExecuteAsync(_database, "SELECT string_agg(durable || ', ' || isolation, '; ') FROM ran_with"));
    }

    [Fact]
    public async Task A_closed_journal_is_unavailable()
    {
        await _handles[0].DisposeAsync();

        Assert.Equal(AppendOutcome.Unavailable("The journal is closed."), await AppendAsync("actor", 0, Entry()));
        Assert.Equal("The journal is closed.", (await Journal.ReadAsync("actor", s_never)).WhyUnavailable);
        Assert.Equal(ClaimResult.Unavailable, (await Claims.ClaimAsync(new ShardClaim(3, 1, "owner"), s_never)).Result);
    }

    [Fact]
    public async Task What_one_actor_cannot_write_concerns_no_other()
    {
        // Several times, because a connection that has seen a refusal has to be as good as a new one.
        for (var round = 0; round < 5; round++)
        {
            var work = Enumerable.Range(0, 30).Select(actor => AppendAsync($"actor-{actor}", round, Entry())).ToList();
            var refused = Enumerable.Range(0, 3).Select(actor => AppendAsync($"refused-{actor}", 0, Entry("no json, hunter2")));
            work.InsertRange(10, refused);

            var outcomes = await Task.WhenAll(work);

            Assert.All([.. outcomes[..10], .. outcomes[13..]], outcome => Assert.Equal(AppendOutcome.Appended, outcome));
            Assert.All(outcomes[10..13], outcome => Assert.Equal((AppendResult.Unavailable, false), (outcome.Result, outcome.Detail.Contains("hunter2", StringComparison.Ordinal))));
        }
    }

    protected override async Task<IJournal> OpenAsync()
    {
        _database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        return await OpenAnotherAsync();
    }

    protected override async Task<IJournal> OpenAnotherAsync()
    {
        var journal = (await PostgresJournal.OpenAsync(_database + ";Pooling=true", s_never)).Value;
        _handles.Add(journal);
        return journal;
    }

    protected override async Task CloseAsync()
    {
        foreach (var handle in _handles) await handle.DisposeAsync();
    }

    private string Name => _database.Split("Database=")[1].Split(';')[0];
}
