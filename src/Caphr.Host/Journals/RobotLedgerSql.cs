using Caphr.Host.Robot;

namespace Caphr.Host.Journals;

/// <summary>
/// The statements of the ledger that both databases understand. Parameters come by position, and times as seconds of Unix time. Each group of them runs as
/// one transaction that nobody else's comes between.
/// </summary>
internal static class RobotLedgerSql
{
    /// <summary>Account, quota, print, minute, last minute that is gone, first minute that is too late, allowance, now: one more use, if it may be made.</summary>
    public static string Take(string prefix) =>
        $"""
        INSERT INTO {prefix}robot_uses (account, quota, minute, used)
        SELECT $1, $2, $4, 1
        WHERE {Used(prefix, "$5", "$6")} < $7
          AND NOT EXISTS (SELECT 1 FROM {prefix}robot_pauses AS pauses WHERE pauses.account = $1 AND pauses.quota = $2 AND pauses.until > $8)
          AND NOT EXISTS (SELECT 1 FROM {prefix}robot_logins AS logins WHERE logins.account = $1 AND logins.print = $3 AND logins.verdict = 'rejected')
        ON CONFLICT (account, quota, minute) DO UPDATE SET used = robot_uses.used + 1
        RETURNING used
        """;

    /// <summary>Account, quota, print, last minute that is gone, first minute that is too late: what the answer is made of.</summary>
    public static string Present(string prefix) =>
        $"""
        SELECT {Used(prefix, "$4", "$5")},
               (SELECT min(uses.minute) FROM {prefix}robot_uses AS uses WHERE uses.account = $1 AND uses.quota = $2 AND uses.minute > $4),
               (SELECT pauses.until FROM {prefix}robot_pauses AS pauses WHERE pauses.account = $1 AND pauses.quota = $2),
               (SELECT logins.verdict FROM {prefix}robot_logins AS logins WHERE logins.account = $1 AND logins.print = $3)
        """;

    /// <summary>Account, quota, last minute that is forgotten.</summary>
    public static string Trim(string prefix) => $"DELETE FROM {prefix}robot_uses WHERE account = $1 AND quota = $2 AND minute <= $3";

    /// <summary>Account, print, now, until: begins a trial unless there is one, or the last one's end still holds.</summary>
    public static string Enter(string prefix) =>
        $"""
        INSERT INTO {prefix}robot_logins (account, print, verdict, until) SELECT $1, $2, 'tried', $4 WHERE $3 < $4
        ON CONFLICT (account, print) DO UPDATE SET verdict = excluded.verdict, until = excluded.until WHERE robot_logins.verdict <> 'rejected' AND robot_logins.until <= $3
        RETURNING 1
        """;

    /// <summary>Account, print.</summary>
    public static string Login(string prefix) => $"SELECT verdict, until FROM {prefix}robot_logins WHERE account = $1 AND print = $2";

    /// <summary>Account, print, until.</summary>
    public static string Settle(string prefix, LoginVerdict verdict) => verdict switch
    {
        LoginVerdict.NotHeard => $"DELETE FROM {prefix}robot_logins WHERE account = $1 AND print = $2 AND verdict = 'tried' AND until = $3",
        LoginVerdict.Accepted => $"{Record(prefix, "accepted")} WHERE robot_logins.verdict <> 'rejected'",
        LoginVerdict.Rejected => Record(prefix, "rejected"),
    };

    /// <summary>Account, quota, until.</summary>
    public static string Pause(string prefix) =>
        $"""
        INSERT INTO {prefix}robot_pauses (account, quota, until) VALUES ($1, $2, $3)
        ON CONFLICT (account, quota) DO UPDATE SET until = excluded.until WHERE robot_pauses.until < excluded.until
        """;

    private static string Record(string prefix, string verdict) =>
        $"INSERT INTO {prefix}robot_logins (account, print, verdict, until) VALUES ($1, $2, '{verdict}', $3) ON CONFLICT (account, print) DO UPDATE SET verdict = excluded.verdict, until = excluded.until";

    private static string Used(string prefix, string gone, string tooLate) =>
        $"coalesce((SELECT sum(uses.used) FROM {prefix}robot_uses AS uses WHERE uses.account = $1 AND uses.quota = $2 AND uses.minute > {gone} AND uses.minute < {tooLate}), 0)";
}

/// <summary>What the rows of a ledger say.</summary>
internal sealed record LedgerRow(long Used, long? OldestMinute, long? PausedUntil, string? Verdict)
{
    public LedgerAnswer Answer(bool isGranted, DateTimeOffset at)
    {
        if (isGranted) return new LedgerAnswer.Granted((int)Used);
        if (Verdict == "rejected") return new LedgerAnswer.LoginRejected();
        return PausedUntil > at.ToUnixTimeSeconds()
            ? new LedgerAnswer.Paused(DateTimeOffset.FromUnixTimeSeconds(PausedUntil.Value))
            : new LedgerAnswer.Spent((int)Used, LedgerMinutes.Leaves(OldestMinute ?? LedgerMinutes.Of(at).Present));
    }

    public static LoginAnswer Answer(bool isYours, string? verdict, long until) => (isYours, verdict) switch
    {
        (true, _) => new LoginAnswer.Yours(),
        (_, "accepted") => new LoginAnswer.Accepted(),
        (_, "rejected") => new LoginAnswer.Rejected(),
        _ => new LoginAnswer.TriedByAnother(DateTimeOffset.FromUnixTimeSeconds(until)),
    };

    /// <summary>Rounded up: a pause is not over before its end.</summary>
    public static long Seconds(DateTimeOffset until) => until.AddSeconds(1).AddTicks(-1).ToUnixTimeSeconds();
}
