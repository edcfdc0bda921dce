namespace Caphr.Actors.Servers;

/// <summary>15 s × 2ⁿ up to 5 min, spread by up to a quarter so that servers which failed together do not return together.</summary>
public static class RetryPause
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    /// <param name="failures">Failures so far, from 1.</param>
    /// <param name="salt">Decides the spread. Derived from the server and its step, so that deciding stays free of chance.</param>
    public static TimeSpan After(int failures, EffectKey salt)
    {
        var doublings = Math.Clamp(failures - 1, 0, 10);
        var delay = TimeSpan.FromTicks(Math.Min(s_first.Ticks << doublings, s_longest.Ticks));
        return delay - (delay * 0.25 * Fraction(salt));
    }

    private static double Fraction(EffectKey salt)
    {
        // Any mixing that looks uneven to the eye will do; HashCode is seeded per process and would make replays differ.
        unchecked
        {
            var mixed = (uint)((salt.Server.Value * 2654435761) ^ (salt.Step * 40503));
            mixed ^= mixed >> 15;
            mixed *= 2246822519;
            mixed ^= mixed >> 13;
            return mixed / (double)uint.MaxValue;
        }
    }
}
