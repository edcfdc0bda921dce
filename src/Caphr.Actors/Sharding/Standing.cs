namespace Caphr.Actors.Sharding;

/// <summary>
/// An unbroken time during which nobody else may take this member for dead. It is prolonged from the moment a renewal was sent, and counted on the
/// monotonic clock. Once it has run out it is over for good, even if the next renewal succeeds: meanwhile somebody may have taken over.
/// </summary>
public sealed class Standing(TimeProvider clock, long since, TimeSpan span)
{
    private long _from = since;

    public bool IsGood => clock.GetElapsedTime(Volatile.Read(ref _from)) < span;

    public TimeSpan Left => span - clock.GetElapsedTime(Volatile.Read(ref _from));

    /// <param name="sent">When the renewal that has now been answered was sent.</param>
    /// <returns>False when the standing had run out before.</returns>
    public bool TryProlong(long sent)
    {
        // Between the look and the write time may pass, and does no harm: the new end was counted from a moment at which the old one had not come.
        if (!IsGood) return false;
        if (sent > _from) Volatile.Write(ref _from, sent);
        return true;
    }
}
