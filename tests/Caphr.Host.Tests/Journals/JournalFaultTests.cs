using Caphr.Host.Journals;

namespace Caphr.Host.Tests.Journals;

/// <summary>What can happen to a database, with actors at work on it: they wait, say what for, go on, and nothing is lost and nothing done twice.</summary>
public sealed class JournalFaultTests : IAsyncLifetime
{
    private const string Refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100'', MESSAGE = ''could not extend file''; END'; CREATE TRIGGER full_disk BEFORE INSERT ON caphr.events FOR EACH STATEMENT EXECUTE FUNCTION refuse()";

    private readonly TemporaryDirectory _directory = new();
    private PostgresServer? _own;

    [Fact]
    public async Task Actors_wait_while_PostgreSQL_is_stopped_and_then_go_on()
    {
        var server = await OwnServerAsync();
        await using var journal = await OpenAsync(await server.CreateDatabaseAsync());
        await using var tellers = new Tellers(journal);
        tellers.Tell(10);
        await tellers.SomethingIsSaidAsync();

        await server.StopAsync();
        tellers.Tell(10);
        Assert.Matches("cannot be reached|was cut|is shutting down|is starting up", await tellers.NextStallAsync());
        await server.StartAgainAsync();

        tellers.Tell(10);
        await tellers.AssertToldOnceAsync();
    }

    [Fact]
    public async Task Actors_go_on_after_PostgreSQL_has_crashed_again_and_again()
    {
        var server = await OwnServerAsync();
        await using var journal = await OpenAsync(await server.CreateDatabaseAsync());
        await using var tellers = new Tellers(journal);
        for (var crash = 0; crash < 3; crash++)
        {
            tellers.Tell(20);
            await tellers.SomethingIsSaidAsync();
            await server.CrashAsync();
            // All that was told may have been stored before.
            tellers.Tell(1);
            await tellers.NextStallAsync();
            await server.StartAgainAsync();
        }

        await tellers.AssertToldOnceAsync();
    }

    [Fact]
    public async Task An_append_whose_answer_was_cut_off_after_the_commit_is_not_written_again()
    {
        var server = await PostgresServer.Shared;
        await using var proxy = new CuttingProxy(server.Port);
        await using var journal = await OpenAsync($"{await server.CreateDatabaseAsync()};Port={proxy.Port};SSL Mode=Disable");
        await using var tellers = new Tellers(journal);
        proxy.CutNextCommits(5);

        tellers.Tell(30);

        await tellers.AssertToldOnceAsync();
        Assert.Equal(5, proxy.Cuts);
        Assert.Contains("was cut", await tellers.NextStallAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Actors_go_on_after_an_operator_has_ended_every_connection()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await using var journal = await OpenAsync(database);
        await using var tellers = new Tellers(journal);
        for (var round = 0; round < 5; round++)
        {
            tellers.Tell(10);
            await tellers.SomethingIsSaidAsync();
            await PostgresServer.ExecuteAsync(database, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }

        await tellers.AssertToldOnceAsync();
    }

    [Fact]
    public async Task Actors_wait_while_a_fail_over_leaves_the_database_read_only()
    {
        var server = await OwnServerAsync();
        var database = await server.CreateDatabaseAsync();
        await using var journal = await OpenAsync(database);
        await using var tellers = new Tellers(journal);
        tellers.Tell(5);
        await tellers.SomethingIsSaidAsync();

        await PostgresServer.ExecuteAsync(database, "ALTER SYSTEM SET default_transaction_read_only = on");
        await PostgresServer.ExecuteAsync(database, "SELECT pg_reload_conf()");
        // It is read anew when the server gets to it. By the time a new connection has it, the others have been told.
        while (await PostgresServer.ExecuteAsync(database, "SHOW default_transaction_read_only") is not "on") await Task.Yield();
        tellers.Tell(50);
        Assert.Contains("is read-only", await tellers.NextStallAsync(), StringComparison.Ordinal);
        await PostgresServer.ExecuteAsync(database, "ALTER SYSTEM RESET default_transaction_read_only");
        await PostgresServer.ExecuteAsync(database, "SELECT pg_reload_conf()");

        await tellers.AssertToldOnceAsync();
    }

    [Fact]
    public async Task Actors_wait_while_the_server_says_that_its_disk_is_full()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await using var journal = await OpenAsync(database);
        await using var tellers = new Tellers(journal);
        tellers.Tell(5);
        await tellers.AssertToldOnceAsync();

        await PostgresServer.ExecuteAsync(database, Refuse);
        tellers.Tell(5);
        Assert.Matches("^The disk of PostgreSQL at .* is full.$", await tellers.NextStallAsync());
        await PostgresServer.ExecuteAsync(database, "DROP TRIGGER full_disk ON caphr.events");

        await tellers.AssertToldOnceAsync();
    }

    /// <summary>The limit of pages is the end of the disk, as SQLite sees it. Only the connection that writes has to meet it.</summary>
    [Fact]
    public async Task Actors_wait_while_the_disk_of_a_file_is_full()
    {
        await using var journal = SqliteJournal.Open(_directory.File("journal.db")).Value;
        await using var tellers = new Tellers(journal);
        tellers.Tell(5);
        await tellers.AssertToldOnceAsync();

        // No lower than what the file has already.
        Assert.True(await LimitPagesAsync(journal, 1));
        tellers.Tell(100);
        Assert.Contains("database or disk is full", await tellers.NextStallAsync(), StringComparison.Ordinal);
        // Whatever is of a group with one that finds the disk full fails with it.
        while (!await LimitPagesAsync(journal, 1_000_000)) await Task.Yield();

        await tellers.AssertToldOnceAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_own is not null) await _own.DisposeAsync();
        _directory.Delete();
    }

    private static async Task<PostgresJournal> OpenAsync(string database) =>
        (await PostgresJournal.OpenAsync($"{database};Pooling=true", CancellationToken.None)).Value;

    /// <summary>By the thread that writes, whose connection no other may use. False if it could not.</summary>
    private static Task<bool> LimitPagesAsync(SqliteJournal journal, int pages) => journal.WriteAsync(
        transaction =>
        {
            using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
#pragma warning disable CA2100 // The text is a number.
            command.CommandText = $"PRAGMA max_page_count = {pages}";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            return true;
        },
        _ => false,
        CancellationToken.None);

    private async Task<PostgresServer> OwnServerAsync() => _own = await PostgresServer.StartAsync();
}
