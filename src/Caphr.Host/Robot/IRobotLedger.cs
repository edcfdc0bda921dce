namespace Caphr.Host.Robot;

/// <summary>
/// What all replicas together have used of a Robot account, kept where the journal is: neither a second replica nor a restart begins a new budget.
/// An account is a user name of the web service, whatever Secrets hold it. Nothing here is a secret. Every answer is the whole truth at one moment: two
/// replicas that ask at once are answered one after the other.
/// </summary>
internal interface IRobotLedger
{
    /// <summary>
    /// Asks for one call, and writes it down if it may be made. It counts whether or not it is made. When the storage fails after it has written, a
    /// call has been counted that will not be made: never the other way round.
    /// </summary>
    Task<LedgerAnswer> TakeAsync(LedgerTake take, CancellationToken cancellation);

    /// <summary>Asks to try a login of which nobody knows whether Robot takes it at present. Of all who ask, one may, until it has settled it or its time is over.</summary>
    Task<LoginAnswer> EnterAsync(LoginTry attempt, CancellationToken cancellation);

    /// <summary>Says what became of a login.</summary>
    /// <param name="until">Of an acceptance: when it lapses. Of a trial in which Robot was not heard: the end that it was begun with. It means nothing of a rejection.</param>
    /// <returns>Null, or why it could not be written down.</returns>
    Task<string?> SettleAsync(string account, string print, LoginVerdict verdict, DateTimeOffset until, CancellationToken cancellation);

    /// <summary>Closes an endpoint for everybody. It never opens earlier than somebody said before.</summary>
    /// <returns>Null, or why it could not be written down.</returns>
    Task<string?> PauseAsync(string account, string quota, DateTimeOffset until, CancellationToken cancellation);
}

/// <param name="Print">Tells two logins apart, and says nothing else about them.</param>
/// <param name="Allowance">How many calls of the window may have been made.</param>
internal sealed record LedgerTake(string Account, string Print, string Quota, int Allowance, DateTimeOffset At);

internal abstract record LedgerAnswer
{
    private LedgerAnswer() { }

    /// <param name="Used">Within the window, this one included.</param>
    public sealed record Granted(int Used) : LedgerAnswer;

    /// <param name="Until">When the oldest use leaves the window.</param>
    public sealed record Spent(int Used, DateTimeOffset Until) : LedgerAnswer;

    public sealed record Paused(DateTimeOffset Until) : LedgerAnswer;

    /// <summary>Robot has refused this login before.</summary>
    public sealed record LoginRejected : LedgerAnswer;

    public sealed record Unavailable(string Why) : LedgerAnswer;
}

/// <param name="Until">When somebody else may try, should nothing more be heard of this one.</param>
internal sealed record LoginTry(string Account, string Print, DateTimeOffset At, DateTimeOffset Until);

internal abstract record LoginAnswer
{
    private LoginAnswer() { }

    /// <summary>Robot has taken it lately.</summary>
    public sealed record Accepted : LoginAnswer;

    /// <summary>Nobody else tries it now.</summary>
    public sealed record Yours : LoginAnswer;

    public sealed record TriedByAnother(DateTimeOffset Until) : LoginAnswer;

    public sealed record Rejected : LoginAnswer;

    public sealed record Unavailable(string Why) : LoginAnswer;
}

internal enum LoginVerdict
{
    /// <summary>For a while. Changes nothing about a login that was rejected: of two answers, the worse one is the one to be careful about.</summary>
    Accepted,

    /// <summary>For ever: whoever changes the password at Robot changes the Secret too, or deletes what is written here.</summary>
    Rejected,

    /// <summary>Robot was not heard in this trial. Whoever comes next may try.</summary>
    NotHeard,
}
