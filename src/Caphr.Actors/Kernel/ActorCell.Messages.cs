using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Caphr.Actors.Kernel;

/// <summary>The messages of one actor: its mailbox, its turn, its behaviour, and what it has put aside.</summary>
internal sealed class ActorCell<TMessage> : ActorCell, IActorRef<TMessage>, IThreadPoolWorkItem
{
    [ThreadStatic]
    private static ActorCell<TMessage>? t_beingBuilt;

    private readonly Props<TMessage> _props;
    private readonly Mailbox<TMessage> _mailbox;
    private Dictionary<ActorCell, WatchTicket>? _watching;
    private List<Envelope<TMessage>>? _stash;
    private List<IDisposable>? _subscriptions;
    private Timers<TMessage>? _timers;

    // Handled before the mailbox: what was unstashed or put back. Touched in the turn only.
    private LinkedList<Envelope<TMessage>>? _front;

    private volatile Actor<TMessage>? _actor;
    private Action<TMessage> _behaviour = static _ => { };
    private Envelope<TMessage>? _current;
    private volatile string? _waiting;
    private volatile string _actorType = "";

    public ActorCell(ActorSystem system, ActorCell? parent, ActorPath path, Props<TMessage> props)
        : base(system, parent, path)
    {
        _props = props;
        _mailbox = new Mailbox<TMessage>(props.CheckedMailboxCapacity);
        Context = new ActorContext<TMessage>(this);
    }

    public ActorContext<TMessage> Context { get; }

    public Timers<TMessage> Timers => _timers ??= new Timers<TMessage>(this);

    public string BehaviourName { get; private set; } = nameof(Actor<>.Receive);

    /// <summary>True while an answer from outside is awaited (a journal's) and messages have to wait for it.</summary>
    public bool IsHeld => _waiting is not null;

    protected override Actor? Instance => _actor;

    protected override string ActorType => _actorType;

    protected override int MailboxDepth => _mailbox.Depth + WaitingInFront;

    protected override string? Waiting => _waiting;

    protected override Type? UnderWay => _current?.Message?.GetType();

    public static ActorCell<TMessage>? ClaimByNewActor() => Interlocked.Exchange(ref t_beingBuilt, null);

    public void Tell(TMessage message) => Post(new Envelope<TMessage>(message, Traces.Here));

    public Task<TReply> Ask<TReply>(Func<IActorRef<TReply>, TMessage> question, TimeSpan timeout, CancellationToken cancellation = default) =>
        Promise<TReply>.Ask(System, this, question, timeout, cancellation);

    /// <summary>From any thread: something the actor itself asked for, which the bound of its mailbox does not concern.</summary>
    public void PostOwn(TMessage message, Activity? cause, Ticket ticket) => Post(new Envelope<TMessage>(message, cause, ticket));

    public override void Post(SystemMessage message)
    {
        switch (_mailbox.Post(message))
        {
            case PostResult.TakenByIdleCell:
                System.Dispatcher.Schedule(this);
                break;
            case PostResult.Closed when message is SystemMessage.Watch watch:
                watch.Watcher.OnTerminated(this);
                break;
        }
    }

    public void Execute()
    {
        for (var handled = 0; handled < System.Dispatcher.Throughput; handled++)
        {
            while (_mailbox.TryTake(out SystemMessage? message))
            {
                Handle(message);
                if (IsStopped) return;
            }

            if (!Receives || !TryTakeNext(out var envelope)) break;
            Handle(envelope);
        }

        if (_mailbox.EndTurn(Receives, WaitingInFront > 0)) System.Dispatcher.Schedule(this);
    }

    public void Become(Action<TMessage> behaviour, string name) => (_behaviour, BehaviourName) = (behaviour, name);

    public void Stash()
    {
        var current = _current ?? throw new InvalidOperationException("Only the message being handled can be stashed.");
        _stash ??= [];
        if (_stash.Count >= _props.MailboxCapacity) throw new StashOverflowException(Path, _props.MailboxCapacity);
        _stash.Add(new Envelope<TMessage>(current.Message, current.Cause));
    }

    public void UnstashAll()
    {
        if (_stash is null) return;
        _front ??= [];
        for (var i = _stash.Count - 1; i >= 0; i--) _front.AddFirst(_stash[i]);
        _stash.Clear();
    }

    /// <summary>The message being handled counts as not handled: it comes first again, on whatever instance is next.</summary>
    public void PutBackCurrent()
    {
        // Its ticket was redeemed when it was taken.
        if (_current is { } current) (_front ??= []).AddFirst(new Envelope<TMessage>(current.Message, current.Cause));
        _current = null;
    }

    /// <summary>The message being handled counts as handled, even though its handling has not ended yet.</summary>
    public void CommitCurrent() => _current = null;

    public void Watch(ActorCell target, Func<Terminated, TMessage> message)
    {
        Unwatch(target);
        (_watching ??= []).Add(target, new WatchTicket(this, target, message));
        target.Post(new SystemMessage.Watch(this));
    }

    public void Unwatch(ActorCell target)
    {
        if (_watching is null || !_watching.Remove(target, out var ticket)) return;
        ticket.Void();
        target.Post(new SystemMessage.Unwatch(this));
    }

    public void Subscribe<TEvent>(Func<TEvent, TMessage> map) =>
        (_subscriptions ??= []).Add(System.EventStream.Subscribe(new Adapter<TEvent, TMessage>(System, this, map)));

    /// <summary>Starts work at once; its result comes back as a message, or its exception as a failure of the actor.</summary>
    public void Pipe<T>(Func<CancellationToken, Task<T>> work, Func<T, TMessage> map, Func<Exception, TMessage>? failed) =>
        _ = Pipe(Incarnation, work, map, failed, Incarnation.Token);

    /// <summary>Holds back all messages until the work has an answer, and runs <paramref name="then"/> in the actor's turn.</summary>
    /// <param name="waiting">What a person who looks at the actor reads meanwhile.</param>
    public void Hold<T>(string waiting, Func<CancellationToken, Task<T>> work, Action<T> then)
    {
        if (IsHeld) throw new InvalidOperationException($"{Path} already waits for an answer ({_waiting}).");
        _waiting = waiting;
        _ = Hold(Incarnation, waiting, work, then, Incarnation.Token);
    }

    protected override Actor CreateInstance()
    {
        // An actor that is being made finds its cell here, so that its constructor already has a context.
        t_beingBuilt = this;
        Actor<TMessage> actor;
        bool isNew;
        try
        {
            actor = _props.Factory();
        }
        finally
        {
            isNew = ClaimByNewActor() is null;
        }

        if (!isNew) throw new InvalidOperationException($"The factory of {Path} did not make a new actor.");

        Become(actor.Receive, nameof(Actor<>.Receive));
        _actor = actor;
        _actorType = actor.GetType().Name;
        return actor;
    }

    protected override void ReleaseInstance()
    {
        _timers?.CancelAll();
        foreach (var subscription in _subscriptions ?? []) subscription.Dispose();
        _subscriptions = null;
        foreach (var target in _watching?.Keys.ToArray() ?? []) Unwatch(target);
        UnstashAll();
        _waiting = null;
        _current = null;
        _actor = null;
    }

    protected override void OnWatchedTerminated(ActorCell watched)
    {
        if (_watching is null || !_watching.TryGetValue(watched, out var ticket)) return;
        Guarded(ticket.Post, cause =>
        {
            if (IsRunning) Fail(cause, typeof(Terminated));
            else ReportOnly(cause);
        });
    }

    protected override void OnContinue(SystemMessage.Continue answer)
    {
        _waiting = null;
        using var activity = Traces.Start("Continue", Path, answer.Cause);
        Guarded(answer.Then, cause => Fail(cause, UnderWay));
        if (!IsHeld) _current = null;
    }

    protected override IEnumerable<IWatcher> CloseMailbox()
    {
        var (system, user) = _mailbox.Close();
        foreach (var envelope in (_front ?? []).Concat(user))
        {
            // A void ticket was nobody's message any more, so nobody lost it.
            if (envelope.Ticket?.TryRedeem() ?? true) System.EventStream.PublishDeadLetter(Path, envelope.Message!, DeadLetterReason.Stopped);
        }

        _front = null;
        return system.OfType<SystemMessage.Watch>().Select(watch => watch.Watcher);
    }

    private int WaitingInFront => _front?.Count ?? 0;

    private bool Receives => IsRunning && !IsHeld;

    private void Post(in Envelope<TMessage> envelope)
    {
        switch (_mailbox.Post(envelope))
        {
            case PostResult.TakenByIdleCell:
                System.Dispatcher.Schedule(this);
                break;
            case PostResult.Full:
                System.EventStream.PublishDeadLetter(Path, envelope.Message!, DeadLetterReason.MailboxFull);
                break;
            case PostResult.Closed when envelope.Ticket is null:
                System.EventStream.PublishDeadLetter(Path, envelope.Message!, DeadLetterReason.Stopped);
                break;
        }
    }

    private bool TryTakeNext(out Envelope<TMessage> envelope)
    {
        if (_front?.First is not { } first) return _mailbox.TryTake(out envelope);
        envelope = first.Value;
        _front!.RemoveFirst();
        return true;
    }

    private void Handle(in Envelope<TMessage> envelope)
    {
        if (envelope.Ticket is { } ticket && !ticket.TryRedeem()) return;
        _current = envelope;
        using var activity = Traces.StartHandling(envelope, Path);
        try
        {
            _behaviour(envelope.Message);
        }
#pragma warning disable CA1031 // Supervision is about every exception that an actor may throw. (Not Guarded: it would cost two closures a message.)
        catch (Exception cause)
#pragma warning restore CA1031
        {
            activity?.SetStatus(ActivityStatusCode.Error, cause.GetType().Name);
            Fail(cause, envelope.Message?.GetType());
        }

        // While it is held, the message is still under way; otherwise nothing keeps it any longer.
        if (!IsHeld) _current = null;
    }

    private async Task Pipe<T>(
        Incarnation incarnation, Func<CancellationToken, Task<T>> work, Func<T, TMessage> map, Func<Exception, TMessage>? failed, CancellationToken token)
    {
        using var activity = Traces.Start("Pipe", Path);
        try
        {
            TMessage message;
            try
            {
                message = map(await work(token));
            }
            catch (Exception cause) when (failed is not null && !token.IsCancellationRequested)
            {
                message = failed(cause);
            }

            PostOwn(message, activity, incarnation);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The incarnation that wanted the result is over.
        }
#pragma warning disable CA1031 // Whatever the work or a map throws concerns the actor that started it, and fails it in its turn.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Post(new SystemMessage.PipeFailed(incarnation, cause));
        }
    }

    private async Task Hold<T>(Incarnation incarnation, string waiting, Func<CancellationToken, Task<T>> work, Action<T> then, CancellationToken token)
    {
        using var activity = Traces.Start(waiting, Path);
        Action answer;
        try
        {
            var result = await work(token);
            answer = () => then(result);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // An exception of the awaited work is a failure of the actor, raised again in its turn.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            answer = ExceptionDispatchInfo.Capture(cause).Throw;
        }

        Post(new SystemMessage.Continue(incarnation, answer, activity));
    }

    private sealed class WatchTicket(ActorCell<TMessage> cell, ActorCell target, Func<Terminated, TMessage> message) : Ticket
    {
        public void Post() => cell.PostOwn(message(new Terminated(target)), Traces.Here, this);

        public override bool TryRedeem()
        {
            if (IsVoid) return false;
            // An actor dies once: a second notice, of an earlier watch on it, finds the ticket used.
            Void();
            return cell._watching?.Remove(target) ?? false;
        }
    }
}
