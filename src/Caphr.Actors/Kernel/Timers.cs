using System.Diagnostics;

namespace Caphr.Actors.Kernel;

/// <summary>
/// The named timers of one actor. A timer that was cancelled or started again never delivers its earlier message, even if that already waits in the
/// mailbox. All end with the actor's incarnation. Used in the actor's turn only.
/// </summary>
public sealed class Timers<TMessage>
{
    private readonly ActorCell<TMessage> _cell;
    private readonly Dictionary<string, Entry> _entries = [];

    internal Timers(ActorCell<TMessage> cell) => _cell = cell;

    public bool IsActive(string key) => _entries.ContainsKey(key);

    /// <summary>Delivers the message once after the delay. A timer of the same name is replaced.</summary>
    public void StartSingle(string key, TMessage message, TimeSpan delay) => Start(key, message, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Delivers the message again and again. A tick that finds the one before still unhandled is skipped.</summary>
    public void StartPeriodic(string key, TMessage message, TimeSpan interval) => Start(key, message, interval, interval);

    public void Cancel(string key)
    {
        if (_entries.Remove(key, out var entry)) entry.Cancel();
    }

    public void CancelAll()
    {
        foreach (var entry in _entries.Values) entry.Cancel();
        _entries.Clear();
    }

    private void Start(string key, TMessage message, TimeSpan dueTime, TimeSpan period)
    {
        Cancel(key);
        var entry = new Entry(this, key, message, isPeriodic: period != Timeout.InfiniteTimeSpan);
        _entries.Add(key, entry);
        entry.Start(dueTime, period);
    }

    private sealed class Entry(Timers<TMessage> timers, string key, TMessage message, bool isPeriodic) : Ticket
    {
        private readonly Activity? _setBy = Traces.Here;
        private ITimer? _timer;
        private int _queued;

        public override bool OutlivesItsCause => true;

        public void Start(TimeSpan dueTime, TimeSpan period) =>
            _timer = timers._cell.System.Clock.CreateTimer(static state => ((Entry)state!).Fire(), this, dueTime, period);

        public void Cancel()
        {
            Void();
            _timer?.Dispose();
        }

        public override bool TryRedeem()
        {
            if (IsVoid) return false;
            Volatile.Write(ref _queued, 0);
            if (!isPeriodic) timers.Cancel(key);
            return true;
        }

        private void Fire()
        {
            if (Interlocked.Exchange(ref _queued, 1) == 0) timers._cell.PostOwn(message, _setBy, this);
        }
    }
}
