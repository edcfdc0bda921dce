namespace Caphr.Host.Robot;

/// <summary>A ledger that a restart forgets.</summary>
internal sealed class MemoryRobotLedger : IRobotLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Account, string Quota), SortedDictionary<long, int>> _uses = [];
    private readonly Dictionary<(string Account, string Quota), DateTimeOffset> _pauses = [];
    private readonly Dictionary<(string Account, string Print), Login> _logins = [];

    public Task<LedgerAnswer> TakeAsync(LedgerTake take, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(Take(take));
    }

    public Task<LoginAnswer> EnterAsync(LoginTry attempt, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(Enter(attempt));
    }

    public Task<string?> SettleAsync(string account, string print, LoginVerdict verdict, DateTimeOffset until, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var present = _logins.GetValueOrDefault((account, print));
            if (verdict == LoginVerdict.NotHeard && present == new Login(verdict, until)) _logins.Remove((account, print));
            else if (verdict != LoginVerdict.NotHeard && present?.Verdict != LoginVerdict.Rejected) _logins[(account, print)] = new Login(verdict, until);
        }

        return Task.FromResult<string?>(null);
    }

    public Task<string?> PauseAsync(string account, string quota, DateTimeOffset until, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_pauses.GetValueOrDefault((account, quota)) < until) _pauses[(account, quota)] = until;
        }

        return Task.FromResult<string?>(null);
    }

    /// <summary>As a person does who deletes the rows of the tables.</summary>
    public void ForgetLogins()
    {
        lock (_gate) _logins.Clear();
    }

    private LedgerAnswer Take(LedgerTake take)
    {
        if (_logins.GetValueOrDefault((take.Account, take.Print)) is { Verdict: LoginVerdict.Rejected }) return new LedgerAnswer.LoginRejected();
        var key = (take.Account, take.Quota);
        if (_pauses.TryGetValue(key, out var pause) && pause > take.At) return new LedgerAnswer.Paused(pause);

        if (!_uses.TryGetValue(key, out var uses)) _uses[key] = uses = [];
        var minutes = LedgerMinutes.Of(take.At);
        foreach (var old in uses.Keys.Where(minute => minute <= minutes.Forgotten).ToList()) uses.Remove(old);
        var counted = uses.Where(use => minutes.Counts(use.Key)).ToList();
        var used = counted.Sum(use => use.Value);
        if (used >= take.Allowance) return new LedgerAnswer.Spent(used, LedgerMinutes.Leaves(counted[0].Key));
        uses[minutes.Present] = uses.GetValueOrDefault(minutes.Present) + 1;
        return new LedgerAnswer.Granted(used + 1);
    }

    private LoginAnswer Enter(LoginTry attempt)
    {
        var key = (attempt.Account, attempt.Print);
        switch (_logins.GetValueOrDefault(key))
        {
            case { Verdict: LoginVerdict.Rejected }:
                return new LoginAnswer.Rejected();
            case { Verdict: LoginVerdict.Accepted } accepted when accepted.Until > attempt.At:
                return new LoginAnswer.Accepted();
            case { } tried when tried.Until > attempt.At:
                return new LoginAnswer.TriedByAnother(tried.Until);
            default:
                _logins[key] = new Login(LoginVerdict.NotHeard, attempt.Until);
                return new LoginAnswer.Yours();
        }
    }

    private sealed record Login(LoginVerdict Verdict, DateTimeOffset Until);
}
