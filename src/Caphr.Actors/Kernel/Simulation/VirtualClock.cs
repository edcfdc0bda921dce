using System.Diagnostics.CodeAnalysis;

namespace Caphr.Actors.Kernel.Simulation;

/// <summary>Time that moves only when told to. Due timers fire in the order of their times, and among equals in the order they were set.</summary>
public sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    // Deliberately not the frequency of DateTime: code that takes ticks for ticks is found out.
    private const long TicksPerTimestamp = 10;

    private readonly PriorityQueue<VirtualTimer, (long DueTicks, long Order)> _due = new();
    private long _elapsedTicks;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond / TicksPerTimestamp;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public TimeSpan Elapsed => TimeSpan.FromTicks(_elapsedTicks);

    public override DateTimeOffset GetUtcNow() => start.AddTicks(_elapsedTicks);

    public override long GetTimestamp() => _elapsedTicks / TicksPerTimestamp;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer that is due no later than <paramref name="until"/> and fires it; otherwise moves to that moment and fires nothing.</summary>
    public bool MoveToNext(TimeSpan until)
    {
        while (TryPeek(out var timer, out var dueTicks) && dueTicks <= until.Ticks)
        {
            _due.Dequeue();
            _elapsedTicks = Math.Max(_elapsedTicks, dueTicks);
            timer.Fire();
            return true;
        }

        _elapsedTicks = Math.Max(_elapsedTicks, until.Ticks);
        return false;
    }

    /// <summary>When the next timer is due, or null when none is set.</summary>
    public TimeSpan? NextDue() => TryPeek(out _, out var dueTicks) ? TimeSpan.FromTicks(dueTicks) : null;

    private bool TryPeek([NotNullWhen(true)] out VirtualTimer? timer, out long dueTicks)
    {
        while (_due.TryPeek(out timer, out var at))
        {
            dueTicks = at.DueTicks;
            // A timer that was changed or disposed has left its old entry behind.
            if (timer.DueOrder == at.Order) return true;
            _due.Dequeue();
        }

        dueTicks = 0;
        return false;
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        // What a timer of the operating system takes; code that asks for more must fail here as well.
        private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

        private TimeSpan _period;
        private bool _disposed;

        /// <summary>Which entry of the queue is this timer's; 0 when none is.</summary>
        public long DueOrder { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Check(dueTime);
            Check(period);
            if (_disposed) return false;
            _period = period;
            Schedule(dueTime);
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) Schedule(_period);
            else DueOrder = 0;
            callback(state);
        }

        public void Dispose()
        {
            _disposed = true;
            DueOrder = 0;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void Check(TimeSpan time)
        {
            if (time == Timeout.InfiniteTimeSpan) return;
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, s_longest);
        }

        private void Schedule(TimeSpan dueTime)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                DueOrder = 0;
                return;
            }

            DueOrder = ++clock._order;
            clock._due.Enqueue(this, (clock._elapsedTicks + dueTime.Ticks, DueOrder));
        }
    }
}
