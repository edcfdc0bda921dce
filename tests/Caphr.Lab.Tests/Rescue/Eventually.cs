namespace Caphr.Lab.Tests.Rescue;

/// <summary>Waits for what another process does. It looks again until it is so; the limit only keeps a broken test from hanging.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    public static Task BecomesTrueAsync(Func<bool> condition) => BecomesTrueAsync(() => Task.FromResult(condition()));

    public static async Task BecomesTrueAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(s_limit, Clock.Real);
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), Clock.Real, limit.Token);
    }
}
