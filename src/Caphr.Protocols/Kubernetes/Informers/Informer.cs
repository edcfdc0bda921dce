using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes.Informers;

/// <summary>
/// Keeps a local copy of the objects of one selection, and tells of every change in order, at least once. It lists, watches from there,
/// resumes a watch that ended, and lists again when the server has forgotten where we were. It runs until cancelled: an API server that
/// cannot be reached makes it wait and say so, never stop.
/// onChange is awaited before the next change, and the cache already knows by then; onState is called once whenever the connection is
/// gained, lost, or lost for another kind of reason.
/// </summary>
public sealed class Informer<T>(
    KubernetesClient client,
    InformerOptions options,
    TimeProvider time,
    Random random,
    Func<Change<T>, CancellationToken, ValueTask> onChange,
    Action<InformerState> onState)
    where T : KubernetesObject, IKubernetesResource
{
    private readonly ObjectCache<T> _cache = new();
    // Whoever waits goes on where the first list was told: a task that is waited for with a cancellation would otherwise leave a single-threaded world.
    private readonly TaskCompletionSource _synced = new();
    private volatile InformerState _state = new InformerState.Starting();
    private long _lastContact = time.GetTimestamp();
    private string? _resumeFrom;
    private int _badConnections;

    public InformerState State => _state;

    public int Count => _cache.Count;

    /// <summary>Time since the server last said anything: what we know may be this old. Bookmarks keep it near a minute while nothing changes.</summary>
    public TimeSpan Staleness => time.GetElapsedTime(Volatile.Read(ref _lastContact));

    public T? Find(ObjectKey key) => _cache.Find(key);

    /// <summary>A copy of what is known now, in no particular order.</summary>
    public IReadOnlyList<T> All() => _cache.All();

    /// <summary>Ends once the first list is in the cache and has been told in full.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellation) => _synced.Task.WaitAsync(cancellation);

    /// <summary>Ends by cancellation, or with the exception of a callback, which is a bug of the callback.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var failure = _resumeFrom is null ? await ListAsync(cancellation) : null;
            if (_resumeFrom is { } version) failure = await WatchAsync(version, cancellation);

            // Also after a watch that ended in good order: a server that ends every watch at once must not make us spin.
            _badConnections++;
            await Task.Delay(options.Reconnect.After(_badConnections, failure?.RetryAfter, random), time, cancellation);
        }
    }

    private async Task<KubernetesFailure?> ListAsync(CancellationToken cancellation)
    {
        var answer = await client.ListAsync<T>(options.Selection, cancellation);
        if (!answer.TryGet(out var list, out var failure)) return Lost(failure);
        Heard();
        foreach (var change in _cache.Reset(list.Items)) await onChange(change, cancellation);
        _resumeFrom = list.ResourceVersion;
        _synced.TrySetResult();
        return null;
    }

    private async Task<KubernetesFailure?> WatchAsync(string version, CancellationToken cancellation)
    {
        var opened = time.GetTimestamp();
        await foreach (var heard in client.WatchAsync<T>(options.Selection, version, cancellation))
        {
            if (time.GetElapsedTime(opened) >= options.StableAfter) _badConnections = 0;
            if (heard is WatchEvent<T>.Failed { Failure: var failure }) return Broken(failure);
            Heard();
            await (heard switch
            {
                WatchEvent<T>.Added { Item: var item } => TellAsync(_cache.Put(item), item.Metadata.ResourceVersion, cancellation),
                WatchEvent<T>.Modified { Item: var item } => TellAsync(_cache.Put(item), item.Metadata.ResourceVersion, cancellation),
                WatchEvent<T>.Deleted { Item: var item } => TellAsync(_cache.Remove(item), item.Metadata.ResourceVersion, cancellation),
                WatchEvent<T>.Bookmark { ResourceVersion: var reached } => TellAsync([], reached, cancellation),
                _ => ValueTask.CompletedTask,
            });
        }

        if (time.GetElapsedTime(opened) >= options.StableAfter) _badConnections = 0;
        return null;
    }

    private async ValueTask TellAsync(IEnumerable<Change<T>> changes, string? version, CancellationToken cancellation)
    {
        foreach (var change in changes) await onChange(change, cancellation);
        // Only now: a change that was not told in full is told again.
        if (!string.IsNullOrEmpty(version)) _resumeFrom = version;
    }

    private KubernetesFailure? Broken(KubernetesFailure failure)
    {
        // The server's memory does not reach back to our version, or holds a change we cannot read: look at everything anew.
        if (failure.Error is KubernetesError.Gone or KubernetesError.Malformed) _resumeFrom = null;
        return failure.Error is KubernetesError.Gone ? null : Lost(failure);
    }

    private void Heard()
    {
        Volatile.Write(ref _lastContact, time.GetTimestamp());
        Become(new InformerState.Connected());
    }

    private KubernetesFailure Lost(KubernetesFailure failure)
    {
        Become(new InformerState.Disconnected(failure));
        return failure;
    }

    private void Become(InformerState next)
    {
        if (_state.SameAs(next)) return;
        _state = next;
        onState(next);
    }
}
