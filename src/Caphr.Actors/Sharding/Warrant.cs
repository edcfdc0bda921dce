namespace Caphr.Actors.Sharding;

/// <summary>
/// The right to act for one shard. Asked for once more right before everything that cannot be taken back, because a process may stand still for a
/// minute between two of its instructions.
/// </summary>
public sealed class Warrant(int shard, long epoch, Standing standing)
{
    private readonly Lock _gate = new();
    private readonly Doings _work = new();
    private readonly Doings _commitments = new();
    private readonly List<Action> _onRevoked = [];
    private volatile bool _isRevoked;

    public int Shard { get; } = shard;

    /// <summary>The epoch under which the shard was claimed, and under which its actors append.</summary>
    public long Epoch { get; } = epoch;

    public bool IsInForce => !_isRevoked && standing.IsGood;

    /// <summary>Work under this warrant, until it is disposed.</summary>
    public IDisposable Work() => _work.Begin();

    /// <summary>
    /// Something that cannot be taken back, from before it is begun until what came of it is written down: a shard that is handed over waits for that. Null
    /// when the right is over; then it is not to be begun.
    /// </summary>
    public IDisposable? Commit()
    {
        lock (_gate) return IsInForce ? _commitments.Begin() : null;
    }

    /// <summary>Calls when the right is taken back, at once if it was already, until disposed. It must not block.</summary>
    public IDisposable OnRevoked(Action call)
    {
        lock (_gate)
        {
            if (!_isRevoked)
            {
                _onRevoked.Add(call);
                return new AtEnd(() => Forget(call));
            }
        }

        call();
        return new AtEnd(() => { });
    }

    /// <summary>Takes the right back, for good.</summary>
    public void Revoke()
    {
        List<Action> calls;
        lock (_gate)
        {
            _isRevoked = true;
            calls = [.. _onRevoked];
            _onRevoked.Clear();
        }

        foreach (var call in calls) call();
    }

    /// <summary>Completes when nothing that began under this warrant is still running, or after the limit. Asked once, by whoever revoked it.</summary>
    public Task WhenQuietAsync(TimeSpan limit, TimeProvider clock) => _work.WhenNoneAsync(limit, clock);

    /// <summary>Completes when what came of everything that cannot be taken back is written down, or after the limit. Asked once, by whoever revoked it.</summary>
    public Task WhenSettledAsync(TimeSpan limit, TimeProvider clock) => _commitments.WhenNoneAsync(limit, clock);

    private void Forget(Action call)
    {
        lock (_gate) _onRevoked.Remove(call);
    }

    private sealed class Doings
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource? _none;
        private int _count;

        public IDisposable Begin()
        {
            lock (_gate) _count++;
            return new AtEnd(End);
        }

        public async Task WhenNoneAsync(TimeSpan limit, TimeProvider clock)
        {
            var none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (_count == 0) return;
                _none = none;
            }

            using var timer = clock.CreateTimer(_ => none.TrySetResult(), state: null, limit, Timeout.InfiniteTimeSpan);
            await none.Task;
        }

        private void End()
        {
            lock (_gate)
            {
                if (--_count == 0) _none?.TrySetResult();
            }
        }
    }

    private sealed class AtEnd(Action end) : IDisposable
    {
        private int _isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDone, 1) == 0) end();
        }
    }
}
