using Caphr.Actors.Kernel.Simulation;

namespace Caphr.Simulation.Tests.World;

/// <summary>An answer without an end on its way: what the server flushes arrives whole, later, and in its order.</summary>
internal sealed class AnswerPipe(DeterministicDispatcher dispatcher, Func<TimeSpan> latency, Action abandoned)
{
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = [];
    private TimeSpan _lastArrival;
    private TaskCompletionSource<int>? _reading;
    private Memory<byte> _into;
    private bool _isAbandoned;

    /// <summary>Nothing arrives while it stands still; what was sent meanwhile is lost with the connection.</summary>
    public bool StandsStill { get; set; }

    private bool HasEnded { get; set; }

    private bool IsBroken { get; set; }

    public Stream Reader => new ReadEnd(this);

    public void Send(byte[] chunk) => Later(() =>
    {
        if (StandsStill || IsBroken) return;
        _arrived.Enqueue(chunk);
        Serve();
    });

    public void End() => Later(() =>
    {
        HasEnded = true;
        Serve();
    });

    /// <summary>As when the peer resets the connection: at once, and past what is on its way.</summary>
    public void Break()
    {
        IsBroken = true;
        Serve();
    }

    private void Later(Action arrives)
    {
        var at = dispatcher.Clock.Elapsed + latency();
        _lastArrival = at > _lastArrival ? at : _lastArrival;
        var wait = _lastArrival - dispatcher.Clock.Elapsed;
        dispatcher.Clock.CreateTimer(_ => arrives(), null, wait, Timeout.InfiniteTimeSpan);
    }

    private ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellation)
    {
        if (Take(into) is { } ready) return new ValueTask<int>(ready);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellation);
        var reading = new TaskCompletionSource<int>();
        (_reading, _into) = (reading, into);
        cancellation.UnsafeRegister((_, token) => Quietly.Do(() => reading.TrySetCanceled(token)), null);
        return new ValueTask<int>(reading.Task);
    }

    private void Serve()
    {
        if (_reading is not { Task.IsCompleted: false } reading || Take(_into) is not { } ready) return;
        _reading = null;
        Quietly.Do(() => reading.TrySetFromTask(ready));
    }

    private Task<int>? Take(Memory<byte> into)
    {
        if (IsBroken) return Task.FromException<int>(new IOException("The connection was reset."));
        if (!_arrived.TryPeek(out var chunk)) return HasEnded ? Task.FromResult(0) : null;
        var count = Math.Min(chunk.Length, into.Length);
        chunk[..count].CopyTo(into);
        _arrived.Dequeue();
        // What did not fit comes first at the next read.
        if (count < chunk.Length) Requeue(chunk[count..]);
        return Task.FromResult(count);
    }

    private void Requeue(ReadOnlyMemory<byte> rest)
    {
        var behind = _arrived.ToArray();
        _arrived.Clear();
        _arrived.Enqueue(rest);
        foreach (var chunk in behind) _arrived.Enqueue(chunk);
    }

    private void Abandon()
    {
        if (_isAbandoned) return;
        _isAbandoned = true;
        abandoned();
    }

    private sealed class ReadEnd(AnswerPipe pipe) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => pipe.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            pipe.Abandon();
            base.Dispose(disposing);
        }
    }
}
