namespace Caphr.Actors.Kernel;

/// <summary>Exponential backoff with jitter as arithmetic: chance comes in as an argument.</summary>
/// <param name="First">The delay of attempt 0; each further attempt doubles it.</param>
/// <param name="Cap">No delay exceeds this, jitter included.</param>
/// <param name="Jitter">The share of the delay that chance may take away or add, from 0 to 1.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Cap, double Jitter = 0.2)
{
    // As long as a timer can be set for.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(49);

    public TimeSpan First { get; } = First >= TimeSpan.Zero ? First : throw new ArgumentOutOfRangeException(nameof(First), First, "A delay is not negative.");

    public TimeSpan Cap { get; } = Cap >= TimeSpan.Zero && Cap <= s_longest ? Cap : throw new ArgumentOutOfRangeException(nameof(Cap), Cap, $"A delay is between zero and {s_longest}.");

    public double Jitter { get; } = Jitter is >= 0 and <= 1 ? Jitter : throw new ArgumentOutOfRangeException(nameof(Jitter), Jitter, "Jitter is a share from 0 to 1.");

    public static Backoff None { get; } = new(TimeSpan.Zero, TimeSpan.Zero, 0);

    public TimeSpan Delay(int attempt, Random random) => Delay(attempt, First, Cap, Jitter, random.NextDouble());

    /// <param name="chance">From 0 (shortest) to 1 (longest).</param>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan cap, double jitter, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        ArgumentOutOfRangeException.ThrowIfNotEqual(jitter, Math.Clamp(jitter, 0, 1));
        // In floating point a large attempt saturates instead of overflowing.
        var ticks = Math.Min(first.Ticks * Math.Pow(2, attempt), cap.Ticks);
        ticks *= 1 + (jitter * ((2 * chance) - 1));
        return TimeSpan.FromTicks((long)Math.Min(ticks, cap.Ticks));
    }
}
