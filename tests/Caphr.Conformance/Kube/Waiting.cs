namespace Caphr.Conformance.Kube;

/// <summary>Waiting for what comes in its own time, and no longer than is reasonable.</summary>
internal static class Waiting
{
    /// <summary>A garbage collector learns of a new kind within half a minute, and goes on from there with a growing pause.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The base class is the real clock, which a foreign cluster goes by too; it is banned by name everywhere but in programs.</summary>
    public static readonly TimeProvider Clock = new RealClock();

    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(25);

    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isSo, Func<T, string> describe)
    {
        var started = Clock.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen)) return seen;
            Assert.True(Clock.GetElapsedTime(started) < Limit, $"Waited for {Limit.TotalSeconds:0} s; {describe(seen)}");
            await Task.Delay(s_between, Clock);
        }
    }

    private sealed class RealClock : TimeProvider;
}
