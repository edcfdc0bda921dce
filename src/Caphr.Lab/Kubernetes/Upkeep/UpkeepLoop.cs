using Caphr.Lab.Kubernetes.Store;

namespace Caphr.Lab.Kubernetes.Upkeep;

/// <summary>Follows the history like any other watcher, and starts over from the whole store when the history was compacted under it.</summary>
internal sealed class UpkeepLoop(ObjectStore store, GarbageCollector collector, ContainerUpkeep containers, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var bell = new Bell();
        using var told = store.Tell(bell);
        var at = Restart();
        while (!cancellation.IsCancellationRequested)
        {
            if (store.ReadAfter(at) is not { } feed)
            {
                at = Restart();
                continue;
            }

            foreach (var change in feed.Changes)
            {
                collector.Observe(change);
                containers.Observe(change);
            }

            at = feed.Revision;
            if (feed.Changes.Count == 0) await bell.WaitAsync(limit: null, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private long Restart()
    {
        // Read first: what changes between the two is then seen twice, not missed.
        var revision = store.Revision;
        var everything = store.All();
        collector.Restart(everything);
        containers.Restart(everything);
        return revision;
    }
}
