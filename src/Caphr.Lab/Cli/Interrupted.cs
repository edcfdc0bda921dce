namespace Caphr.Lab.Cli;

internal static class Interrupted
{
    /// <summary>Returns, rather than throws, when Ctrl-C or SIGTERM comes: that is how these verbs are meant to end.</summary>
    public static async Task WaitAsync(TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellation);
        }
        catch (OperationCanceledException)
        {
            // This is what was waited for.
        }
    }
}
