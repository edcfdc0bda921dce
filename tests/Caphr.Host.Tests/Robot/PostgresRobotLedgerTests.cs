using Caphr.Host.Journals;
using Caphr.Host.Robot;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Robot;

public sealed class PostgresRobotLedgerTests : RobotLedgerConformance
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private string _database = "";
    private PostgresJournal? _journal;

    [Fact]
    public async Task Replicas_that_take_at_once_share_one_budget()
    {
        await using var second = (await PostgresJournal.OpenAsync(_database, default)).Value;
        var takes = Enumerable.Range(0, 80).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Ledger : second.RobotLedger).TakeAsync(new LedgerTake("#ws+Ab12", "print", "POST /reset", 40, s_now), default)));

        var answers = await Task.WhenAll(takes);

        Assert.Equal(40, answers.Count(answer => answer is LedgerAnswer.Granted));
    }

    /// <summary>In a database that reads as of the begin of a transaction, two who wait for each other would both see the budget before the other's use.</summary>
    [Fact]
    public async Task The_budget_holds_whatever_isolation_is_the_databases_default()
    {
        await PostgresServer.ExecuteAsync(_database, $"ALTER DATABASE {_database.Split("Database=")[1].Split(';')[0]} SET default_transaction_isolation = 'repeatable read'");
        await using var second = (await PostgresJournal.OpenAsync(_database, default)).Value;
        await using var third = (await PostgresJournal.OpenAsync(_database + ";", default)).Value;
        var takes = Enumerable.Range(0, 60).Select(i => Task.Run(() =>
            (i % 2 == 0 ? third : second).RobotLedger.TakeAsync(new LedgerTake("#ws+Ab12", "print", "POST /reset", 20, s_now), default)));

        var answers = await Task.WhenAll(takes);

        Assert.Equal(20, answers.Count(answer => answer is LedgerAnswer.Granted));
        Assert.Equal(40, answers.Count(answer => answer is LedgerAnswer.Spent));
    }

    [Fact]
    public async Task Minutes_that_are_long_gone_are_swept_up()
    {
        for (var hour = 0; hour < 100; hour++) await TakeAsync(s_now.AddHours(hour));

        Assert.InRange((long)(await PostgresServer.ExecuteAsync(_database, "SELECT count(*) FROM caphr.robot_uses"))!, 25, 35);
    }

    [Fact]
    public async Task A_database_that_is_gone_is_a_reason_and_not_an_exception()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var journal = (await PostgresJournal.OpenAsync(await server.CreateDatabaseAsync(), default)).Value;
        await server.CrashAsync();

        var take = await journal.RobotLedger.TakeAsync(new LedgerTake("#ws+Ab12", "print", "POST /reset", 40, s_now), default);

        Assert.Contains("PostgreSQL at 127.0.0.1", Assert.IsType<LedgerAnswer.Unavailable>(take).Why, StringComparison.Ordinal);
        Assert.NotNull(await journal.RobotLedger.PauseAsync("#ws+Ab12", "POST /reset", s_now, default));
        await server.StartAgainAsync();
    }

    private protected override async Task<IRobotLedger> OpenAsync()
    {
        _database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        _journal = (await PostgresJournal.OpenAsync(_database, default)).Value;
        return _journal.RobotLedger;
    }

    private protected override async Task CloseAsync() => await _journal!.DisposeAsync();
}
