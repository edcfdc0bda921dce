using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Reads the login of an account at the moment of use.</summary>
internal delegate Task<Outcome<RobotCredentials, StepProblem>> ReadRobotLogin(CancellationToken cancellation);

/// <summary>
/// Makes one call whose turn has come: reads the Secret, waits for others who use the same login, asks the ledger, asks once more what speaks against it
/// and for the warrant, calls, and writes down what that says about the login and the quota.
/// </summary>
internal sealed class RobotCaller(ReadRobotLogin readLogin, RobotLogins logins, KnownLogins shared, IRobotLedger ledger, Budget budget, TimeProvider clock)
{
    /// <summary>Longer than any call takes.</summary>
    private static readonly TimeSpan s_trial = TimeSpan.FromMinutes(2);

    /// <summary>How soon to see what became of another replica's trial.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(1);

    public async Task<CallEnd> CarryOutAsync(Errand errand, CancellationToken cancellation)
    {
        var read = await readLogin(cancellation);
        if (!read.TryGet(out var credentials, out var problem)) return new CallEnd.Withheld(errand, problem);

        using var login = logins.Rent(credentials);
        var known = shared.Of(login.User, login.Print);
        using var turn = await known.TakeTurnAsync(cancellation);
        if (await IsRejectedAsync(login, known, cancellation)) return Rejected(errand);
        if (!turn.IsTrial) return await TakeAsync(errand, login, known, cancellation);

        var trial = new LoginTry(login.User, login.Print, clock.GetUtcNow(), clock.GetUtcNow() + s_trial);
        var entered = await ledger.EnterAsync(trial, cancellation);
        if (NotNow(errand, entered, known) is { } notNow) return notNow;
        known.Pardon();
        var end = await TakeAsync(errand, login, known, cancellation);
        if (entered is LoginAnswer.Yours && !IsHeard(end)) await ledger.SettleAsync(login.User, login.Print, LoginVerdict.NotHeard, trial.Until, cancellation);
        return end;
    }

    private static bool IsHeard(CallEnd end) => end is CallEnd.Answered { Failure: var failure } && Verdict(failure) != LoginVerdict.NotHeard;

    private async Task<bool> IsRejectedAsync(RobotLogins.Lease login, KnownLogin known, CancellationToken cancellation)
    {
        if (known.Rejection is not { } rejection) return false;
        if (clock.GetUtcNow() < rejection.Until) return true;
        // A rejection that never became a row cannot be missed in the ledger: it stays until it is one.
        if (!rejection.IsWritten) await CondemnAsync(login, known, cancellation);
        return !rejection.IsWritten;
    }

    private async Task CondemnAsync(RobotLogins.Lease login, KnownLogin known, CancellationToken cancellation)
    {
        // First of all, because another call of this login may be about to begin.
        known.Reject(isWritten: false);
        if (await ledger.SettleAsync(login.User, login.Print, LoginVerdict.Rejected, clock.GetUtcNow(), cancellation) is null) known.Reject(isWritten: true);
    }

    private CallEnd? NotNow(Errand errand, LoginAnswer entered, KnownLogin known) => entered switch
    {
        LoginAnswer.Rejected => RejectedByLedger(errand, known),
        LoginAnswer.TriedByAnother => new CallEnd.Later(errand, Closed.LoginBeingTried, clock.GetUtcNow() + s_glance),
        LoginAnswer.Unavailable down => Unavailable(errand, down.Why),
        _ => null,
    };

    private async Task<CallEnd> TakeAsync(Errand errand, RobotLogins.Lease login, KnownLogin known, CancellationToken cancellation)
    {
        var take = new LedgerTake(login.User, login.Print, errand.Quota.Name, budget.Allowance(errand.Quota, errand.Lane), clock.GetUtcNow());
        return await ledger.TakeAsync(take, cancellation) switch
        {
            LedgerAnswer.Granted granted => await CallAsync(errand, login, known, granted.Used, cancellation),
            LedgerAnswer.Spent spent => new CallEnd.Later(errand, Closed.BudgetSpent, spent.Until) { Used = spent.Used },
            LedgerAnswer.Paused paused => new CallEnd.Later(errand, Closed.RateLimited, paused.Until),
            LedgerAnswer.Unavailable down => Unavailable(errand, down.Why),
            _ => RejectedByLedger(errand, known),
        };
    }

    private async Task<CallEnd> CallAsync(Errand errand, RobotLogins.Lease login, KnownLogin known, int used, CancellationToken cancellation)
    {
        // Whoever is told that a shard is quiet must not find its call still under way.
        using var atWork = errand.Warrant?.Work();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, errand.Asker);
        RobotFailure? failure;
        try
        {
            if (errand.WhyNot is { } whyNot && await whyNot(either.Token) is { } problem) return new CallEnd.Withheld(errand, problem);
            if (errand.Asker.IsCancellationRequested) return new CallEnd.NotWanted(errand);
            if (errand.Warrant is { IsInForce: false }) return new CallEnd.Withheld(errand, StepProblem.NoWarrant);
            failure = await errand.RunAsync(login.Client, either.Token);
        }
        catch (OperationCanceledException) when (errand.Asker.IsCancellationRequested)
        {
            return new CallEnd.NotWanted(errand);
        }

        await WriteDownAsync(errand, login, known, failure, cancellation);
        return new CallEnd.Answered(errand, failure, used, login.User);
    }

    /// <summary>What cannot be written down now is known here all the same; other replicas find it out by themselves.</summary>
    private async Task WriteDownAsync(Errand errand, RobotLogins.Lease login, KnownLogin known, RobotFailure? failure, CancellationToken cancellation)
    {
        var verdict = Verdict(failure);
        if (verdict == LoginVerdict.Rejected) await CondemnAsync(login, known, cancellation);
        if (verdict == LoginVerdict.Accepted && known.Accept() is { } until && await ledger.SettleAsync(login.User, login.Print, verdict, until, cancellation) is null)
            known.AcceptanceWritten(until);
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

    private static CallEnd.Withheld RejectedByLedger(Errand errand, KnownLogin known)
    {
        known.Reject(isWritten: true);
        return Rejected(errand);
    }

    private static CallEnd.Withheld Rejected(Errand errand) => new(errand, RobotProblems.CredentialsRejected) { Why = Closed.CredentialsRejected };

    private static CallEnd.Withheld Unavailable(Errand errand, string why) => new(errand, RobotProblems.LedgerUnavailable(why)) { Why = Closed.LedgerUnavailable };
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
