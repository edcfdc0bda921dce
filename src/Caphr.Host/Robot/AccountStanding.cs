using System.Collections.Immutable;
using Caphr.Actors.Kernel;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Why an account, or one of its endpoints, is not asked just now.</summary>
internal enum Closed
{
    /// <summary>What CAPHR allows itself of the quota is used up.</summary>
    BudgetSpent,

    /// <summary>Robot itself said that the quota is used up.</summary>
    RateLimited,

    /// <summary>Robot answered 403 and did not say why: a blocked address looks like this, and so may a quota.</summary>
    ForbiddenWithoutReason,

    /// <summary>Robot answers 503.</summary>
    Maintenance,

    Unreachable,

    /// <summary>Another replica is trying the same login just now.</summary>
    LoginBeingTried,

    /// <summary>What was used so far cannot be looked up, so nothing more is used.</summary>
    LedgerUnavailable,

    /// <summary>Robot refused user and password. Ends when the Secret's content changes.</summary>
    CredentialsRejected,
}

/// <param name="Until">When it is worth asking again; null when only a person can end it.</param>
internal sealed record Closure(Closed Why, DateTimeOffset Since, DateTimeOffset? Until)
{
    public bool IsOver(DateTimeOffset now) => Until <= now;
}

/// <summary>
/// What an account has learnt about whether it may ask: of itself, and of each endpoint. Immutable, and every transition is pure arithmetic: time and
/// chance come in as arguments.
/// </summary>
internal sealed record AccountStanding
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_firstSilence = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromMinutes(15);

    public static AccountStanding New { get; } = new();

    public Closure? Whole { get; private init; }

    public ImmutableDictionary<Gate, Closure> Endpoints { get; private init; } = ImmutableDictionary<Gate, Closure>.Empty;

    /// <summary>When Robot last took our login.</summary>
    public DateTimeOffset? AcceptedAt { get; private init; }

    private int Troubles { get; init; }

    private ImmutableDictionary<RobotQuota, int> Silences { get; init; } = ImmutableDictionary<RobotQuota, int>.Empty;

    /// <summary>As many as the login admits when nobody else uses it: what is kept back here can still be overtaken by what is more urgent.</summary>
    public int CallsAtOnce(DateTimeOffset now) => AcceptedAt + KnownLogin.Trust > now ? KnownLogin.Slots : KnownLogin.SlotsOnTrial;

    public bool IsOpen(RobotLane lane, RobotQuota quota, DateTimeOffset now) => ClosureOf(lane, quota, now) is null;

    /// <summary>What keeps this lane from this endpoint: of several, what lasts longest.</summary>
    public Closure? ClosureOf(RobotLane lane, RobotQuota quota, DateTimeOffset now)
    {
        var endpoint = Endpoints.GetValueOrDefault(new Gate(quota, Budget.IsUrgent(lane)));
        if (endpoint?.IsOver(now) == true) endpoint = null;
        // New credentials are noticed by trying, so a rejection does not keep anybody from looking at the Secret.
        if (Whole is not { Why: not Closed.CredentialsRejected } whole || whole.IsOver(now)) return endpoint;
        return endpoint?.Until > whole.Until ? endpoint : whole;
    }

    public AccountStanding Reopened(DateTimeOffset now) => this with
    {
        Whole = Whole?.IsOver(now) == true && Troubles == 0 ? null : Whole,
        Endpoints = Endpoints.RemoveRange(Endpoints.Where(endpoint => endpoint.Value.IsOver(now)).Select(endpoint => endpoint.Key)),
    };

    /// <summary>Robot answered and let us in, whatever it said.</summary>
    public AccountStanding Accepted(RobotQuota quota, DateTimeOffset now) => this with { Whole = null, AcceptedAt = now, Troubles = 0, Silences = Silences.Remove(quota) };

    /// <param name="chance">From 0 to 1, for the jitter.</param>
    public AccountStanding Failed(RobotFailure failure, RobotQuota quota, DateTimeOffset now, double chance) => failure.Error switch
    {
        RobotError.Unauthorized => Rejected(now),
        RobotError.RateLimited => Accepted(quota, now).Paused(quota, Closed.RateLimited, now, now + (failure.RetryAfter ?? Silence(quota, chance)), failure.RetryAfter is null),
        RobotError.ForbiddenWithoutReason => Paused(quota, Closed.ForbiddenWithoutReason, now, now + Silence(quota, chance), isGuess: true),
        RobotError.Maintenance => InTrouble(Closed.Maintenance, now, chance),
        RobotError.Unreachable or RobotError.Untrusted or RobotError.TimedOut or RobotError.ConnectionLost => InTrouble(Closed.Unreachable, now, chance),
        // An answer that cannot be read, or not understood, says nothing about the login, and a broken call is not a broken account.
        RobotError.Garbled or RobotError.UnexpectedStatus or RobotError.ServerError => this,
        _ => Accepted(quota, now),
    };

    public AccountStanding Rejected(DateTimeOffset now) => this with
    {
        Whole = Whole is { Why: Closed.CredentialsRejected } already ? already : new Closure(Closed.CredentialsRejected, now, Until: null),
        AcceptedAt = null,
    };

    /// <summary>The budget of this lane's share is spent. The less urgent share, being smaller, is spent then as well.</summary>
    public AccountStanding Spent(RobotLane lane, RobotQuota quota, DateTimeOffset now, DateTimeOffset until)
    {
        var closure = Since(new Gate(quota, Budget.IsUrgent(lane)), new Closure(Closed.BudgetSpent, now, until));
        var rest = this with { Endpoints = Endpoints.SetItem(new Gate(quota, IsUrgent: false), closure) };
        return Budget.IsUrgent(lane) ? rest with { Endpoints = rest.Endpoints.SetItem(new Gate(quota, IsUrgent: true), closure) } : rest;
    }

    public AccountStanding Paused(RobotQuota quota, Closed why, DateTimeOffset now, DateTimeOffset until, bool isGuess = false)
    {
        var closure = Since(new Gate(quota, IsUrgent: true), new Closure(why, now, until));
        return this with
        {
            Endpoints = Endpoints.SetItem(new Gate(quota, IsUrgent: true), closure).SetItem(new Gate(quota, IsUrgent: false), closure),
            Silences = isGuess ? Silences.SetItem(quota, Silences.GetValueOrDefault(quota) + 1) : Silences,
        };
    }

    /// <summary>Something of ours is in the way for a moment.</summary>
    public AccountStanding Held(Closed why, DateTimeOffset now, DateTimeOffset until) => this with { Whole = new Closure(why, Whole?.Why == why ? Whole.Since : now, until) };

    private AccountStanding InTrouble(Closed why, DateTimeOffset now, double chance) =>
        Held(why, now, now + Backoff.Delay(Troubles, s_firstPause, s_longestPause, jitter: 0.5, chance)) with { Troubles = Math.Min(Troubles + 1, 16) };

    private TimeSpan Silence(RobotQuota quota, double chance) => Backoff.Delay(Silences.GetValueOrDefault(quota), s_firstSilence, s_longestSilence, jitter: 0.2, chance);

    private Closure Since(Gate gate, Closure closure) =>
        Endpoints.GetValueOrDefault(gate) is { } present && present.Why == closure.Why && !present.IsOver(closure.Since) ? closure with { Since = present.Since } : closure;
}

/// <summary>An endpoint, as those see it who may use all of its budget or only what is not kept for them.</summary>
internal readonly record struct Gate(RobotQuota Quota, bool IsUrgent);
