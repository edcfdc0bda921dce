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

    /// <summary>Delivers the message once after the delay. A timer of the same name is replaced.</summary>
    public void StartSingle(string key, TMessage message, TimeSpan delay)
    {
        Cancel(key);
        var entry = new Entry(this, key, message);
        _entries.Add(key, entry);
        entry.Start(delay);
    }

    public void Cancel(string key)
    {
        if (_entries.Remove(key, out var entry)) entry.Cancel();
    }

    public void CancelAll()
    {
        foreach (var entry in _entries.Values) entry.Cancel();
        _entries.Clear();
    }

    private sealed class Entry(Timers<TMessage> timers, string key, TMessage message) : Ticket
    {
        private readonly Activity? _setBy = Traces.Here;
        private ITimer? _timer;

        public override bool OutlivesItsCause => true;

        public void Start(TimeSpan delay) =>
            _timer = timers._cell.System.Clock.CreateTimer(static state => ((Entry)state!).Fire(), this, delay, Timeout.InfiniteTimeSpan);

        public void Cancel()
        {
            Void();
            _timer?.Dispose();
        }

        public override bool TryRedeem()
        {
            if (IsVoid) return false;
            timers.Cancel(key);
            return true;
        }

        private void Fire() => timers._cell.PostOwn(message, _setBy, this);
    }
}
