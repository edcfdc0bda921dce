using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Reads the login of an account at the moment of use.</summary>
internal delegate Task<Outcome<RobotCredentials, StepProblem>> ReadRobotLogin(CancellationToken cancellation);

/// <summary>
/// Makes one call whose turn has come: reads the Secret, asks the ledger, asks for the warrant once more, calls, and writes down what that says about
/// the login and the quota.
/// </summary>
internal sealed class RobotCaller(ReadRobotLogin readLogin, RobotLogins logins, IRobotLedger ledger, Budget budget, TimeProvider clock)
{
    /// <summary>Longer than any call takes.</summary>
    private static readonly TimeSpan s_trial = TimeSpan.FromMinutes(2);

    /// <summary>How soon to see what became of another replica's trial.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(1);

    /// <summary>For how long a rejection is taken from memory. Then the ledger is asked, because a person may have deleted its row.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);

    // The last login that Robot took, and the last that it refused. Until one is taken, one call at a time is made.
    private volatile string? _accepted;
    private volatile Rejection? _rejected;

    public async Task<CallEnd> CarryOutAsync(Errand errand, CancellationToken cancellation)
    {
        var read = await readLogin(cancellation);
        if (!read.TryGet(out var credentials, out var problem)) return new CallEnd.Withheld(errand, problem);

        using var login = logins.Rent(credentials);
        var known = _rejected;
        if (await IsRejectedAsync(login, cancellation)) return Rejected(errand);
        var isTrial = login.Print != _accepted;
        if (isTrial && await EnterAsync(errand, login, cancellation) is { } notNow) return notNow;
        // Only what was known before: a rejection that came in meanwhile, of another call of this login, stays.
        if (isTrial) Interlocked.CompareExchange(ref _rejected, null, known);

        var end = await TakeAsync(errand, login, cancellation);
        if (isTrial && end is not CallEnd.Answered) await ledger.SettleAsync(login.User, login.Print, LoginVerdict.NotHeard, cancellation);
        return end;
    }

    private async Task<bool> IsRejectedAsync(RobotLogins.Lease login, CancellationToken cancellation)
    {
        if (_rejected is not { } known || known.Print != login.Print) return false;
        if (clock.GetUtcNow() < known.Until) return true;
        // A rejection that never became a row cannot be missed in the ledger: it stays until it is one.
        if (!known.IsWritten) await CondemnAsync(login, cancellation);
        return !known.IsWritten;
    }

    private async Task CondemnAsync(RobotLogins.Lease login, CancellationToken cancellation)
    {
        // First of all, because another call of this login may be about to begin.
        Remember(login, isWritten: false);
        if (await ledger.SettleAsync(login.User, login.Print, LoginVerdict.Rejected, cancellation) is null) Remember(login, isWritten: true);
    }

    private void Remember(RobotLogins.Lease login, bool isWritten)
    {
        _rejected = new Rejection(login.Print, clock.GetUtcNow() + s_memory, isWritten);
        _accepted = null;
    }

    private async Task<CallEnd?> EnterAsync(Errand errand, RobotLogins.Lease login, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return await ledger.EnterAsync(new LoginTry(login.User, login.Print, now, now + s_trial), cancellation) switch
        {
            LoginAnswer.Rejected => RejectedByLedger(errand, login),
            LoginAnswer.TriedByAnother => new CallEnd.Later(errand, Closed.LoginBeingTried, now + s_glance),
            LoginAnswer.Unavailable down => Unavailable(errand, down.Why),
            _ => null,
        };
    }

    private async Task<CallEnd> TakeAsync(Errand errand, RobotLogins.Lease login, CancellationToken cancellation)
    {
        var take = new LedgerTake(login.User, login.Print, errand.Quota.Name, budget.Allowance(errand.Quota, errand.Lane), clock.GetUtcNow());
        return await ledger.TakeAsync(take, cancellation) switch
        {
            LedgerAnswer.Granted granted => await CallAsync(errand, login, granted.Used, cancellation),
            LedgerAnswer.Spent spent => new CallEnd.Later(errand, Closed.BudgetSpent, spent.Until) { Used = spent.Used },
            LedgerAnswer.Paused paused => new CallEnd.Later(errand, Closed.RateLimited, paused.Until),
            LedgerAnswer.Unavailable down => Unavailable(errand, down.Why),
            _ => RejectedByLedger(errand, login),
        };
    }

    private async Task<CallEnd> CallAsync(Errand errand, RobotLogins.Lease login, int used, CancellationToken cancellation)
    {
        // Whoever is told that a shard is quiet must not find its call still under way.
        using var atWork = errand.Warrant?.Work();
        if (errand.Asker.IsCancellationRequested) return new CallEnd.NotWanted(errand);
        if (errand.Warrant is { IsInForce: false }) return new CallEnd.Withheld(errand, StepProblem.NoWarrant);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, errand.Asker);
        RobotFailure? failure;
        try
        {
            failure = await errand.RunAsync(login.Client, either.Token);
        }
        catch (OperationCanceledException) when (errand.Asker.IsCancellationRequested)
        {
            return new CallEnd.NotWanted(errand);
        }

        await WriteDownAsync(errand, login, failure, cancellation);
        return new CallEnd.Answered(errand, failure, used, login.User);
    }

    /// <summary>What cannot be written down now is known here all the same; other replicas find it out by themselves.</summary>
    private async Task WriteDownAsync(Errand errand, RobotLogins.Lease login, RobotFailure? failure, CancellationToken cancellation)
    {
        var verdict = Verdict(failure);
        if (verdict == LoginVerdict.Rejected) await CondemnAsync(login, cancellation);
        else if (login.Print != _accepted) await ledger.SettleAsync(login.User, login.Print, verdict, cancellation);
        // The answer to an older call may come behind the one that says that the login is refused by now.
        if (verdict == LoginVerdict.Accepted && _rejected?.Print != login.Print) _accepted = login.Print;
        if (failure is { Error: RobotError.RateLimited, RetryAfter: { } interval }) await ledger.PauseAsync(login.User, errand.Quota.Name, clock.GetUtcNow() + interval, cancellation);
    }

    private static LoginVerdict Verdict(RobotFailure? failure) => failure?.Error switch
    {
        RobotError.Unauthorized => LoginVerdict.Rejected,
        // Not heard, or not heard by Robot's own gate: a wrong login may be answered like this as well.
        RobotError.Unreachable or RobotError.Untrusted or RobotError.TimedOut or RobotError.ConnectionLost or RobotError.Garbled or RobotError.UnexpectedStatus
            or RobotError.ForbiddenWithoutReason or RobotError.ServerError or RobotError.Maintenance => LoginVerdict.NotHeard,
        _ => LoginVerdict.Accepted,
    };

    private CallEnd.Withheld RejectedByLedger(Errand errand, RobotLogins.Lease login)
    {
        Remember(login, isWritten: true);
        return Rejected(errand);
    }

    private static CallEnd.Withheld Rejected(Errand errand) => new(errand, RobotProblems.CredentialsRejected) { Why = Closed.CredentialsRejected };

    private static CallEnd.Withheld Unavailable(Errand errand, string why) => new(errand, RobotProblems.LedgerUnavailable(why)) { Why = Closed.LedgerUnavailable };

    /// <param name="Until">When the ledger is asked again.</param>
    private sealed record Rejection(string Print, DateTimeOffset Until, bool IsWritten);
}

/// <summary>What became of a call whose turn had come.</summary>
internal abstract record CallEnd(Errand Errand)
{
    public sealed record Answered(Errand Errand, RobotFailure? Failure, int Used, string User) : CallEnd(Errand);

    /// <summary>It was not made, and will not be.</summary>
    public sealed record Withheld(Errand Errand, StepProblem Problem) : CallEnd(Errand)
    {
        public Closed? Why { get; init; }
    }

    /// <summary>It was not made, and may be later.</summary>
    public sealed record Later(Errand Errand, Closed Why, DateTimeOffset Until) : CallEnd(Errand)
    {
        public int? Used { get; init; }
    }

    public sealed record NotWanted(Errand Errand) : CallEnd(Errand);
}
