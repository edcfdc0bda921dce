using Caphr.Host.Robot;

namespace Caphr.Host.Tests.Robot;

/// <summary>What every ledger has to do, whatever it is kept in.</summary>
public abstract class RobotLedgerConformance : IAsyncLifetime
{
    private const string Account = "#ws+Ab12";
    private const string Quota = "POST /reset";

    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private IRobotLedger? _ledger;

    private protected IRobotLedger Ledger => _ledger!;

    public async Task InitializeAsync() => _ledger = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task As_many_are_granted_as_are_allowed_and_then_it_says_when_there_is_one_more()
    {
        for (var used = 1; used <= 3; used++) Assert.Equal(new LedgerAnswer.Granted(used), await TakeAsync(s_now.AddMinutes(used)));

        Assert.Equal(new LedgerAnswer.Spent(3, s_now.AddMinutes(1) + Budget.Window), await TakeAsync(s_now.AddMinutes(4)));
        Assert.Equal(new LedgerAnswer.Spent(3, s_now.AddMinutes(1) + Budget.Window), await TakeAsync(s_now.AddMinutes(1) + Budget.Window - TimeSpan.FromSeconds(1)));
        Assert.Equal(new LedgerAnswer.Granted(3), await TakeAsync(s_now.AddMinutes(1) + Budget.Window));
        Assert.Equal(new LedgerAnswer.Spent(3, s_now.AddMinutes(2) + Budget.Window), await TakeAsync(s_now.AddMinutes(1) + Budget.Window));
    }

    [Fact]
    public async Task Uses_of_one_minute_are_counted_one_by_one()
    {
        Assert.Equal(new LedgerAnswer.Granted(1), await TakeAsync(s_now));
        Assert.Equal(new LedgerAnswer.Granted(2), await TakeAsync(s_now.AddSeconds(20)));
        Assert.Equal(new LedgerAnswer.Granted(3), await TakeAsync(s_now.AddSeconds(59)));
        Assert.IsType<LedgerAnswer.Spent>(await TakeAsync(s_now.AddSeconds(59)));
    }

    [Fact]
    public async Task Accounts_and_quotas_are_counted_apart()
    {
        for (var i = 0; i < 3; i++) await TakeAsync(s_now);

        Assert.Equal(new LedgerAnswer.Granted(1), await TakeAsync(s_now, account: "#ws+other"));
        Assert.Equal(new LedgerAnswer.Granted(1), await TakeAsync(s_now, quota: "GET /reset"));
    }

    [Fact]
    public async Task A_larger_allowance_finds_what_a_smaller_one_left()
    {
        for (var i = 0; i < 3; i++) await TakeAsync(s_now);

        Assert.Equal(new LedgerAnswer.Granted(4), await TakeAsync(s_now, allowance: 4));
        Assert.IsType<LedgerAnswer.Spent>(await TakeAsync(s_now, allowance: 4));
        Assert.IsType<LedgerAnswer.Spent>(await TakeAsync(s_now));
    }

    [Fact]
    public async Task Of_many_who_take_at_once_not_one_too_many_is_granted()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => TakeAsync(s_now.AddSeconds(i), allowance: 25))));

        Assert.Equal(25, answers.Count(answer => answer is LedgerAnswer.Granted));
        Assert.Equal(35, answers.Count(answer => answer is LedgerAnswer.Spent { Used: 25 }));
        Assert.Equal(Enumerable.Range(1, 25), answers.OfType<LedgerAnswer.Granted>().Select(granted => granted.Used).Order());
    }

    [Fact]
    public async Task A_clock_that_is_a_little_behind_is_held_to_the_same_budget_and_one_that_was_far_ahead_is_forgotten()
    {
        await TakeAsync(s_now.AddMinutes(2), allowance: 2);
        await TakeAsync(s_now.AddHours(20), allowance: 2);

        Assert.Equal(new LedgerAnswer.Granted(2), await TakeAsync(s_now, allowance: 2));
        Assert.IsType<LedgerAnswer.Spent>(await TakeAsync(s_now, allowance: 2));
    }

    [Fact]
    public async Task A_pause_is_everybodys_and_is_never_shortened()
    {
        Assert.Null(await Ledger.PauseAsync(Account, Quota, s_now.AddMinutes(10), default));
        Assert.Null(await Ledger.PauseAsync(Account, Quota, s_now.AddMinutes(5), default));

        Assert.Equal(new LedgerAnswer.Paused(s_now.AddMinutes(10)), await TakeAsync(s_now.AddMinutes(7)));
        Assert.Equal(new LedgerAnswer.Granted(1), await TakeAsync(s_now.AddMinutes(7), quota: "GET /reset"));
        Assert.Equal(new LedgerAnswer.Granted(1), await TakeAsync(s_now.AddMinutes(10)));
    }

    [Fact]
    public async Task Of_many_who_want_to_try_a_login_one_may()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => EnterAsync(s_now))));

        Assert.Single(answers.OfType<LoginAnswer.Yours>());
        Assert.Equal(19, answers.Count(answer => answer == new LoginAnswer.TriedByAnother(s_now.AddMinutes(2))));
    }

    [Fact]
    public async Task A_trial_of_which_nothing_is_heard_ends_by_itself()
    {
        await EnterAsync(s_now);

        Assert.IsType<LoginAnswer.TriedByAnother>(await EnterAsync(s_now.AddSeconds(119)));
        Assert.IsType<LoginAnswer.Yours>(await EnterAsync(s_now.AddMinutes(2)));
        Assert.IsType<LoginAnswer.TriedByAnother>(await EnterAsync(s_now.AddMinutes(3)));
    }

    [Fact]
    public async Task A_login_that_robot_did_not_hear_may_be_tried_by_the_next()
    {
        await EnterAsync(s_now);
        Assert.Null(await SettleAsync(LoginVerdict.NotHeard, s_now.AddMinutes(2)));

        Assert.IsType<LoginAnswer.Yours>(await EnterAsync(s_now));
    }

    [Fact]
    public async Task An_accepted_login_needs_no_trial_until_that_lapses_and_then_one_tries_it_first()
    {
        await EnterAsync(s_now);
        await SettleAsync(LoginVerdict.Accepted, s_now.AddMinutes(1));
        await SettleAsync(LoginVerdict.NotHeard, s_now.AddMinutes(2));

        Assert.IsType<LoginAnswer.Accepted>(await EnterAsync(s_now.AddSeconds(59)));
        Assert.IsType<LoginAnswer.Yours>(await EnterAsync(s_now.AddMinutes(1)));
        Assert.Equal(new LoginAnswer.TriedByAnother(s_now.AddMinutes(3)), await EnterAsync(s_now.AddMinutes(1)));
        Assert.IsType<LedgerAnswer.Granted>(await TakeAsync(s_now.AddMinutes(1)));
    }

    [Fact]
    public async Task A_trial_is_ended_by_whoever_began_it_and_not_by_one_who_was_given_up()
    {
        await EnterAsync(s_now);
        await EnterAsync(s_now.AddMinutes(2));

        await SettleAsync(LoginVerdict.NotHeard, s_now.AddMinutes(2));
        Assert.IsType<LoginAnswer.TriedByAnother>(await EnterAsync(s_now.AddMinutes(2)));
        await SettleAsync(LoginVerdict.NotHeard, s_now.AddMinutes(4));
        Assert.IsType<LoginAnswer.Yours>(await EnterAsync(s_now.AddMinutes(2)));
    }

    [Fact]
    public async Task A_rejected_login_stays_rejected_and_another_one_does_not()
    {
        await EnterAsync(s_now);
        await SettleAsync(LoginVerdict.Rejected, s_now);
        await SettleAsync(LoginVerdict.Accepted, s_now.AddMinutes(1));
        await SettleAsync(LoginVerdict.NotHeard, s_now.AddMinutes(2));

        Assert.IsType<LoginAnswer.Rejected>(await EnterAsync(s_now.AddYears(1)));
        Assert.IsType<LedgerAnswer.LoginRejected>(await TakeAsync(s_now));
        Assert.IsType<LoginAnswer.Yours>(await EnterAsync(s_now, print: "mended"));
        Assert.Equal(new LedgerAnswer.Granted(1), await TakeAsync(s_now, print: "mended"));
    }

    [Fact]
    public async Task An_accepted_login_that_is_rejected_later_is_rejected()
    {
        await SettleAsync(LoginVerdict.Accepted, s_now.AddMinutes(1));
        await SettleAsync(LoginVerdict.Rejected, s_now);

        Assert.IsType<LedgerAnswer.LoginRejected>(await TakeAsync(s_now));
    }

    private protected abstract Task<IRobotLedger> OpenAsync();

    private protected virtual Task CloseAsync() => Task.CompletedTask;

    private protected Task<LedgerAnswer> TakeAsync(DateTimeOffset at, int allowance = 3, string account = Account, string quota = Quota, string print = "print") =>
        Ledger.TakeAsync(new LedgerTake(account, print, quota, allowance, at), default);

    private Task<string?> SettleAsync(LoginVerdict verdict, DateTimeOffset until) => Ledger.SettleAsync(Account, "print", verdict, until, default);

    private Task<LoginAnswer> EnterAsync(DateTimeOffset at, string print = "print") => Ledger.EnterAsync(new LoginTry(Account, print, at, at.AddMinutes(2)), default);
}

public sealed class MemoryRobotLedgerTests : RobotLedgerConformance
{
    private protected override Task<IRobotLedger> OpenAsync() => Task.FromResult<IRobotLedger>(new MemoryRobotLedger());
}
