namespace Caphr.Protocols.Kubernetes;

/// <summary>
/// One at a time, in the order of their coming. Unlike a semaphore it lets the next one in where its caller waits, so that on a single-threaded
/// clock everything stays on that thread.
/// </summary>
internal sealed class Turnstile
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private bool _taken;

    /// <summary>Until it is disposed, nobody else is let in.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (!_taken)
            {
                _taken = true;
                return new Exit(this);
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(turn);
        }

        await using var cancelled = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        await turn.Task;
        return new Exit(this);
    }

    private void Leave()
    {
        lock (_gate)
        {
            while (_waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                // One that has given up is passed over.
                if (next.Value.TrySetResult()) return;
            }

            _taken = false;
        }
    }

    private sealed class Exit(Turnstile turnstile) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) turnstile.Leave();
        }
    }
}
