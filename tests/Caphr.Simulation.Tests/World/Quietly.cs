namespace Caphr.Simulation.Tests.World;

/// <summary>
/// Completes what library code waits for that does not come back to the simulation's context by itself (HttpClient, pipes). With a context present
/// .NET would continue it on the thread pool; without one it continues here, and its callers of ours come back through their own contexts.
/// </summary>
internal static class Quietly
{
    public static void Do(Action complete)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            complete();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
