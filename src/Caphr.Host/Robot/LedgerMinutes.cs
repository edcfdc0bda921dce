namespace Caphr.Host.Robot;

/// <summary>A ledger counts by whole minutes: few rows, and never fewer uses than there were.</summary>
/// <param name="Present">Since the beginning of Unix time.</param>
internal readonly record struct LedgerMinutes(long Present)
{
    private static readonly long s_window = (long)Budget.Window.TotalMinutes;

    /// <summary>Minutes at or before this one have left the window.</summary>
    public long Gone => Present - s_window;

    /// <summary>Minutes at or before this one are of no use to anybody, even if this clock is hours ahead of the others.</summary>
    public long Forgotten => Gone - (24 * 60);

    /// <summary>A clock that is far ahead has written these; without a limit one wrong clock would close an account for as long as it was wrong.</summary>
    public long TooLate => Present + s_window;

    public static LedgerMinutes Of(DateTimeOffset at) => new(at.ToUnixTimeSeconds() / 60);

    public static DateTimeOffset Leaves(long minute) => DateTimeOffset.FromUnixTimeSeconds((minute + s_window) * 60);

    public bool Counts(long minute) => minute > Gone && minute < TooLate;
}
