namespace Caphr.Actors.Sharding;

/// <summary>
/// The right to act for one shard. Asked for once more right before everything that cannot be taken back, because a process may stand still for a
/// minute between two of its instructions.
/// </summary>
public sealed class Warrant(int shard, long epoch, Standing standing)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _quiet;
    private int _atWork;
    private volatile bool _isRevoked;

    public int Shard { get; } = shard;

    /// <summary>The epoch under which the shard was claimed, and under which its actors append.</summary>
    public long Epoch { get; } = epoch;

    public bool IsInForce => !_isRevoked && standing.IsGood;

    /// <summary>Work under this warrant, until it is disposed.</summary>
    public IDisposable Work()
    {
        lock (_gate) _atWork++;
        return new Worker(this);
    }

    internal void Revoke() => _isRevoked = true;

    /// <summary>Completes when nothing that began under this warrant is still running, or after the limit. Asked once, by whoever revoked it.</summary>
    internal async Task WhenQuietAsync(TimeSpan limit, TimeProvider clock)
    {
        var quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_atWork == 0) return;
            _quiet = quiet;
        }

        using var timer = clock.CreateTimer(_ => quiet.TrySetResult(), state: null, limit, Timeout.InfiniteTimeSpan);
        await quiet.Task;
    }

    private void Done()
    {
        lock (_gate)
        {
            if (--_atWork == 0) _quiet?.TrySetResult();
        }
    }

    private sealed class Worker(Warrant warrant) : IDisposable
    {
        private int _isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDone, 1) == 0) warrant.Done();
        }
    }
}
