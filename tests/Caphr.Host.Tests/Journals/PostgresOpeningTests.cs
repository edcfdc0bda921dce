using Caphr.Host.Journals;

namespace Caphr.Host.Tests.Journals;

/// <summary>Everything that can be wrong before the first append is one sentence, and none of them gives away the password.</summary>
public sealed class PostgresOpeningTests
{
    private const string Secret = "hunter2";

    [Theory]
    [InlineData("")]
    [InlineData("Database=caphr;Password=hunter2")]
    [InlineData("postgresql://caphr:hunter2@127.0.0.1/caphr")]
    [InlineData("Host=127.0.0.1;Port=seven;Password=hunter2")]
    [InlineData("Host=127.0.0.1;Pasword=hunter2")]
    [InlineData("Host=127.0.0.1;Password='hunter2")]
    [InlineData("Host=127.0.0.1;SSL Mode=hunter2")]
    public async Task A_connection_string_that_cannot_be_understood_is_never_quoted(string connectionString) =>
        await AssertRefusedAsync(connectionString, JournalError.UnclearAddress, "Host=db;Database=caphr");

    [Fact]
    public async Task A_wrong_password_is_for_a_person_to_mend()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();

        await AssertRefusedAsync($"{database};Password={Secret}", JournalError.AccessDenied, "password authentication failed");
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_for_a_person_to_mend() =>
        await AssertRefusedAsync((await PostgresServer.Shared).ConnectionString("nowhere"), JournalError.AccessDenied, "\"nowhere\" does not exist");

    [Fact]
    public async Task A_role_that_may_not_make_the_tables_is_for_a_person_to_mend()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, $"DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD '{Secret}'");

        await AssertRefusedAsync($"{database};Username=guest;Password={Secret}", JournalError.AccessDenied, "permission denied");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_tried_again() =>
        await AssertRefusedAsync($"Host=127.0.0.9;Port=9;Username=caphr;Password={Secret}", JournalError.Unreachable, "PostgreSQL at 127.0.0.9:9 cannot be reached");

    [Fact]
    public async Task A_database_that_takes_no_writes_is_tried_again()
    {
        var server = await PostgresServer.Shared;
        var database = await server.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, $"ALTER DATABASE {database.Split("Database=")[1].Split(';')[0]} SET default_transaction_read_only = on");

        await AssertRefusedAsync(database, JournalError.Unreachable, "is read-only");
    }

    [Fact]
    public async Task A_journal_does_not_tell_its_password_either()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await using var journal = (await PostgresJournal.OpenAsync(database, CancellationToken.None)).Value;

        Assert.DoesNotContain(PostgresServer.Password, $"{journal} {System.Text.Json.JsonSerializer.Serialize(journal)}", StringComparison.Ordinal);
        Assert.Null((await journal.ReadClaimsAsync(CancellationToken.None)).WhyUnavailable);
    }

    private static async Task AssertRefusedAsync(string connectionString, JournalError error, string says)
    {
        var opened = await PostgresJournal.OpenAsync(connectionString, CancellationToken.None);

        Assert.False(opened.TryGet(out _, out var failure));
        Assert.Equal(error, failure.Error);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, failure.ToString(), StringComparison.Ordinal);
    }
}
