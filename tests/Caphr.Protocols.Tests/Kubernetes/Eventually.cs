namespace Caphr.Protocols.Tests.Kubernetes;

internal static class Eventually
{
    /// <summary>Waits until the condition holds; fails with its name if it has not within three minutes.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        var time = new RealTime();
        for (var began = time.GetTimestamp(); !condition();)
        {
            Assert.True(time.GetElapsedTime(began) < TimeSpan.FromMinutes(3), $"Never came true: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), time);
        }
    }
}
