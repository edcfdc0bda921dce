using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Caphr.Actors.Kernel;

/// <param name="cause">What the message was sent from, if somebody listens to that.</param>
internal readonly struct Envelope<TMessage>(TMessage message, Activity? cause, Ticket? ticket = null)
{
    public TMessage Message { get; } = message;

    public Activity? Cause { get; } = cause;

    public Ticket? Ticket { get; } = ticket;
}

internal enum PostResult
{
    Taken,

    /// <summary>Taken, and the one who posted has to schedule the cell.</summary>
    TakenByIdleCell,
    Full,
    Closed,
}

/// <summary>
/// Two queues and the answer to "does somebody run this cell". One short lock guards them: an idle actor costs little memory, and the bound is exact.
/// A mailbox whose cell does not receive (it persists, waits for a restart, is being stopped) collects messages without waking the cell.
/// </summary>
internal sealed class Mailbox<TMessage>(int capacity)
{
    /// <summary>From so many waiting messages on the cell takes them all at once, so that it and the senders meet at the lock less often.</summary>
    private const int Crowd = 8;

    private readonly Lock _gate = new();
    private readonly Queue<SystemMessage> _system = [];
    private Queue<Envelope<TMessage>> _user = [];

    // What the cell has taken at once and not handled yet. Touched in the turn only, apart from its count.
    private Queue<Envelope<TMessage>>? _crowd;

    // Read without the lock: a turn that looks for system messages before each message mostly finds none.
    private volatile bool _hasSystem;

    // How many messages of others were ever put in, guarded by the lock, and how many left, written in the turn only. What an actor itself has asked for
    // carries a ticket and does not count.
    private long _told;
    private long _begun;
    private bool _scheduled;
    private bool _receiving;
    private bool _closed;

    public int Depth
    {
        get
        {
            lock (_gate) return _user.Count + (_crowd?.Count ?? 0);
        }
    }

    public PostResult Post(in Envelope<TMessage> envelope)
    {
        lock (_gate)
        {
            if (_closed) return PostResult.Closed;
            if (envelope.Ticket is null)
            {
                if (_told - Volatile.Read(ref _begun) >= capacity) return PostResult.Full;
                _told++;
            }

            _user.Enqueue(envelope);
            return _receiving ? Claim() : PostResult.Taken;
        }
    }

    public PostResult Post(SystemMessage message)
    {
        lock (_gate)
        {
            if (_closed) return PostResult.Closed;
            _system.Enqueue(message);
            _hasSystem = true;
            return Claim();
        }
    }

    public bool TryTake([NotNullWhen(true)] out SystemMessage? message)
    {
        message = null;
        if (!_hasSystem) return false;
        lock (_gate)
        {
            message = _system.Dequeue();
            _hasSystem = _system.Count > 0;
            return true;
        }
    }

    public bool TryTake(out Envelope<TMessage> envelope)
    {
        if (_crowd is not { Count: > 0 })
        {
            lock (_gate)
            {
                if (_user.Count >= Crowd) (_crowd, _user) = (_user, _crowd ?? []);
                else if (_user.TryDequeue(out envelope)) return Begin(envelope);
            }
        }

        envelope = default;
        return _crowd is not null && _crowd.TryDequeue(out envelope) && Begin(envelope);
    }

    /// <summary>Ends a turn. True when there is more to do at once: the cell stays claimed and has to be scheduled again.</summary>
    public bool EndTurn(bool receiving, bool hasMore)
    {
        lock (_gate)
        {
            _receiving = receiving;
            _scheduled = _system.Count > 0 || (receiving && (hasMore || _user.Count > 0 || _crowd is { Count: > 0 }));
            return _scheduled;
        }
    }

    /// <summary>Nothing is taken from here on. What was still waiting goes to the caller.</summary>
    public (IReadOnlyList<SystemMessage> System, IReadOnlyList<Envelope<TMessage>> User) Close()
    {
        lock (_gate)
        {
            _closed = true;
            (SystemMessage[] System, Envelope<TMessage>[] User) left = ([.. _system], [.. _crowd ?? [], .. _user]);
            _system.Clear();
            _crowd?.Clear();
            _user.Clear();
            return left;
        }
    }

    private bool Begin(in Envelope<TMessage> envelope)
    {
        if (envelope.Ticket is null) Volatile.Write(ref _begun, _begun + 1);
        return true;
    }

    private PostResult Claim()
    {
        if (_scheduled) return PostResult.Taken;
        _scheduled = true;
        return PostResult.TakenByIdleCell;
    }
}
