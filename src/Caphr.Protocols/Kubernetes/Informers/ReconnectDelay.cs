namespace Caphr.Protocols.Kubernetes.Informers;

/// <summary>How long to stay away after the n-th bad connection in a row: doubling from the first, capped, and a random half of it off.</summary>
public sealed record ReconnectDelay(TimeSpan First, TimeSpan Longest)
{
    public static readonly ReconnectDelay Default = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));

    /// <summary>
    /// The random half keeps the informers of all replicas from coming back in one instant. A server that named a time gets at least that.
    /// </summary>
    public TimeSpan After(int badConnections, TimeSpan? askedFor, Random random)
    {
        var doublings = Math.Clamp(badConnections - 1, 0, 30);
        var full = TimeSpan.FromTicks((long)Math.Min(First.Ticks * Math.Pow(2, doublings), Longest.Ticks));
        var jittered = full * (1 - (random.NextDouble() / 2));
        return askedFor > jittered ? askedFor.Value + (jittered / 2) : jittered;
    }
}
