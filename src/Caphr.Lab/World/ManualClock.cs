namespace Caphr.Lab.World;

/// <summary>
/// A clock that moves when told to, and fires its timers on the way: in the order of their times, and among equals in the order they were
/// set. Others may set timers while it moves; only one may move it.
/// </summary>
public sealed class ManualClock : TimeProvider
{
    private static readonly DateTimeOffset s_beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<ManualTimer, (long DueTicks, long Order)> _due = new();
    private long _elapsedTicks;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => s_beginning.AddTicks(GetTimestamp());

    public override long GetTimestamp()
    {
        lock (_gate) return _elapsedTicks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan) throw new NotSupportedException("The Lab's timers fire once.");
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan span)
    {
        long end;
        lock (_gate) end = _elapsedTicks + span.Ticks;
        while (Next(end) is { } timer) timer.Fire();
        lock (_gate) _elapsedTicks = end;
    }

    private ManualTimer? Next(long end)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var timer, out var at) && at.DueTicks <= end)
            {
                _due.Dequeue();
                // A timer that was changed or disposed has left its old entry behind.
                if (timer.Entry != at.Order) continue;
                timer.Entry = 0;
                _elapsedTicks = Math.Max(_elapsedTicks, at.DueTicks);
                return timer;
            }

            return null;
        }
    }

    private sealed class ManualTimer(ManualClock clock, Action fire) : ITimer
    {
        /// <summary>Which entry of the queue is this timer's; 0 when none is.</summary>
        public long Entry { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                Entry = 0;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Entry = ++clock._order;
                clock._due.Enqueue(this, (clock._elapsedTicks + dueTime.Ticks, Entry));
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate) Entry = 0;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
