namespace Caphr.Lab;

/// <summary>Rung when something has changed; one waits for it. A ring that nobody waited for is heard by the next who does.</summary>
internal sealed class Bell
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private bool _rung;

    public void Ring()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            waiting = _waiting;
            _rung = waiting is null;
            _waiting = null;
        }

        waiting?.TrySetResult();
    }

    /// <summary>Until the next ring, or until so much time has passed; null: for however long. For one at a time.</summary>
    public async Task WaitAsync(TimeSpan? limit, TimeProvider clock, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TaskCompletionSource waiting;
        lock (_gate)
        {
            if (_rung)
            {
                _rung = false;
                return;
            }

            // Awaited itself and nothing made of it: it then goes on where its waiter belongs, on a single-threaded clock as well.
            _waiting = waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await using var timer = clock.CreateTimer(_ => waiting.TrySetResult(), state: null, limit ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellation.Register(() => waiting.TrySetCanceled(cancellation));
        await waiting.Task;
    }
}
