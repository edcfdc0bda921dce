using Caphr.Actors.Journal;
using Caphr.Actors.Tests.Journal;
using Caphr.Host.Journals;
using Microsoft.Data.Sqlite;

namespace Caphr.Host.Tests.Journals;

public sealed class SqliteJournalTests : JournalConformance
{
    private readonly TemporaryDirectory _directory = new();
    private SqliteJournal? _journal;

    private string Path => _directory.File("journal.db");

    [Fact]
    public async Task What_was_appended_outlives_the_process()
    {
        await AppendAsync("actor", 0, Entry(), Entry());
        await Claims.ClaimAsync(new ShardClaim(Shards.Of("actor"), Epoch: 3, "owner"), CancellationToken.None);
        await _journal!.DisposeAsync();

        _journal = SqliteJournal.Open(Path).Value;

        Assert.Equal(2, (await _journal.ReadAsync("actor", CancellationToken.None)).Value.Events.Count);
        var append = new JournalAppend("actor", 2, Epoch: 0, Guid.Empty, [Entry()]);
        Assert.Equal(AppendResult.Fenced, (await _journal.AppendAsync(append, CancellationToken.None)).Result);
        Assert.Equal(AppendResult.Appended, (await _journal.AppendAsync(append with { Epoch = 3 }, CancellationToken.None)).Result);
    }

    [Fact]
    public async Task The_file_keeps_a_write_ahead_log_so_that_reading_never_waits_for_writing()
    {
        await AppendAsync("actor", 0, Entry());
        await _journal!.DisposeAsync();

        using var connection = Inspect();
        Assert.Equal("wal", Scalar(connection, "PRAGMA journal_mode"));
    }

    [Fact]
    public void A_second_owner_of_the_same_file_is_refused_in_one_sentence()
    {
        Assert.False(SqliteJournal.Open(Path).TryGet(out _, out var failure));

        Assert.Equal(JournalError.InUse, failure.Error);
        Assert.Equal($"The journal {Path} is open in another process.", failure.Message);
    }

    [Fact]
    public async Task A_refused_owner_does_not_disturb_the_first_one()
    {
        _ = SqliteJournal.Open(Path);

        Assert.Equal(AppendOutcome.Appended, await AppendAsync("actor", 0, Entry()));
    }

    [Fact]
    public async Task A_journal_of_a_later_release_is_left_alone()
    {
        await _journal!.DisposeAsync();
        using (var connection = Inspect()) Scalar(connection, "UPDATE schema_version SET version = 99");

        Assert.False(SqliteJournal.Open(Path).TryGet(out _, out var failure));

        Assert.Equal(JournalError.NewerSchema, failure.Error);
        Assert.Contains("99", failure.Message, StringComparison.Ordinal);
        using var after = Inspect();
        Assert.Equal(99L, Scalar(after, "SELECT version FROM schema_version"));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_refused_in_one_sentence()
    {
        var path = System.IO.Path.Combine(_directory.File("no such directory"), "journal.db");

        Assert.False(SqliteJournal.Open(path).TryGet(out _, out var failure));

        Assert.Equal(JournalError.NotWritable, failure.Error);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_journal_is_refused_and_not_changed()
    {
        var path = _directory.File("letter.txt");
        await File.WriteAllTextAsync(path, new string('x', 5000));

        Assert.False(SqliteJournal.Open(path).TryGet(out _, out var failure));

        Assert.Equal(JournalError.NotAJournal, failure.Error);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_journal_that_somebody_else_locks_for_a_while_is_unavailable_and_then_goes_on()
    {
        var append = new JournalAppend("actor", 0, Epoch: 0, Guid.Empty, [Entry()]);
        using (var other = Inspect())
        {
            Scalar(other, "BEGIN IMMEDIATE");
            Assert.Equal(AppendResult.Unavailable, (await Journal.AppendAsync(append, CancellationToken.None)).Result);
            Scalar(other, "ROLLBACK");
        }

        Assert.Equal(AppendResult.Appended, (await Journal.AppendAsync(append, CancellationToken.None)).Result);
    }

    [Fact]
    public async Task What_somebody_has_written_with_another_tool_is_a_conflict_and_no_lasting_trouble()
    {
        await AppendAsync("actor", 0, Entry());
        using (var connection = Inspect())
        {
            Scalar(
                connection,
                "INSERT INTO events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload) "
                + "SELECT persistence_id, 2, shard, epoch, 'theirs', manifest, version, at, payload FROM events");
        }

        Assert.Equal(AppendResult.Unavailable, (await AppendAsync("actor", 1, Entry())).Result);

        Assert.Equal(AppendResult.Conflict, (await AppendAsync("actor", 1, Entry())).Result);
        Assert.Equal(AppendOutcome.Appended, await AppendAsync("actor", 2, Entry()));
    }

    [Fact]
    public async Task A_closed_journal_is_unavailable()
    {
        await _journal!.DisposeAsync();

        Assert.Equal(AppendResult.Unavailable, (await AppendAsync("actor", 0, Entry())).Result);
        Assert.NotNull((await Journal.ReadAsync("actor", CancellationToken.None)).WhyUnavailable);
    }

    [Fact]
    public async Task Appends_that_wait_together_share_transactions()
    {
        const int Actors = 400;
        await AppendAsync("the first", 0, Entry());
        var before = PagesLogged();

        // The thread that writes is kept until they all wait.
        using var allWait = new ManualResetEventSlim();
        var kept = _journal!.WriteAsync(_ => { allWait.Wait(); return true; }, _ => false, CancellationToken.None);
        List<Task<AppendOutcome>> appends = [];
        try
        {
            for (var actor = 0; actor < Actors; actor++) appends.Add(AppendAsync($"actor-{actor}", 0, Entry()));
        }
        finally
        {
            allWait.Set();
        }

        var outcomes = await Task.WhenAll(appends);

        Assert.True(await kept);
        Assert.All(outcomes, outcome => Assert.Equal(AppendResult.Appended, outcome.Result));
        // Every transaction writes each page it touched once: alone, an append touches at least three.
        Assert.InRange(PagesLogged() - before, 1, Actors);
    }

    protected override Task<IJournal> OpenAsync()
    {
        _journal = SqliteJournal.Open(Path).Value;
        return Task.FromResult<IJournal>(_journal);
    }

    protected override async Task CloseAsync()
    {
        if (_journal is not null) await _journal.DisposeAsync();
        _directory.Delete();
    }

    /// <summary>How much was written to the log in front of the database, in pages.</summary>
    private long PagesLogged() => new FileInfo(Path + "-wal").Length / 4096;

    private SqliteConnection Inspect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
