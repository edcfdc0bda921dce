using Caphr.Host.Journals;
using Caphr.Host.Robot;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Robot;

public sealed class SqliteRobotLedgerTests : RobotLedgerConformance
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private SqliteJournal? _journal;

    [Fact]
    public async Task What_was_used_outlives_the_process()
    {
        for (var i = 0; i < 2; i++) await TakeAsync(s_now);
        await Ledger.SettleAsync("#ws+Ab12", "wrong", LoginVerdict.Rejected, default, default);
        await _journal!.DisposeAsync();

        _journal = SqliteJournal.Open(_directory.File("journal.db")).Value;

        var ledger = _journal.RobotLedger;
        Assert.Equal(new LedgerAnswer.Granted(3), await ledger.TakeAsync(new LedgerTake("#ws+Ab12", "print", "POST /reset", 3, s_now.AddMinutes(9)), default));
        Assert.IsType<LedgerAnswer.LoginRejected>(await ledger.TakeAsync(new LedgerTake("#ws+Ab12", "wrong", "GET /server", 3, s_now), default));
    }

    [Fact]
    public async Task A_closed_journal_says_that_it_cannot_tell()
    {
        await _journal!.DisposeAsync();

        Assert.Equal(new LedgerAnswer.Unavailable("The journal is closed."), await TakeAsync(s_now));
    }

    private protected override Task<IRobotLedger> OpenAsync()
    {
        _journal = SqliteJournal.Open(_directory.File("journal.db")).Value;
        return Task.FromResult(_journal.RobotLedger);
    }

    private protected override async Task CloseAsync()
    {
        await _journal!.DisposeAsync();
        _directory.Delete();
    }
}
