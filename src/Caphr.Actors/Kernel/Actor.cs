namespace Caphr.Actors.Kernel;

/// <summary>The life of an actor, whatever its messages. Every hook runs in the actor's own turn, never beside another message.</summary>
public abstract class Actor
{
    private protected Actor() { }

    /// <summary>How this actor treats the failures of its children. Asked anew at each failure.</summary>
    protected internal virtual SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Default;

    /// <summary>
    /// What a person should read in the actor tree: the name of the behaviour, unless the actor knows better. Asked from any thread at any time,
    /// so it may only read, and only what is set as a whole.
    /// </summary>
    protected internal abstract string StateName { get; }

    /// <summary>False for an actor whose memory may be behind what it has stored: only a restart makes it true again.</summary>
    internal virtual bool MayResume => true;

    /// <summary>Before the first message, and by default again after each restart.</summary>
    protected internal virtual void PreStart() { }

    /// <summary>After the last message and after all children have stopped.</summary>
    protected internal virtual void PostStop() { }

    /// <summary>The last call on an instance that failed. Its children are stopped after it, its timers and piped work cancelled.</summary>
    protected internal virtual void PreRestart(Exception cause) => PostStop();

    /// <summary>The first call on the instance that replaces a failed one.</summary>
    protected internal virtual void PostRestart(Exception cause) => PreStart();

    /// <summary>What a kind of actor has to do before its first message, after the hooks of its author.</summary>
    internal virtual void Started() { }
}

/// <summary>
/// State and behaviour behind a mailbox. Messages are handled one at a time; nothing here needs a lock, and nothing here may block or await:
/// work that takes time goes through <c>Context.PipeToSelf</c> and comes back as a message.
/// </summary>
public abstract class Actor<TMessage> : Actor
{
    // The cell is handed over while the factory runs, so that a constructor and field initialisers already have a context.
    private readonly ActorCell<TMessage> _cell = ActorCell<TMessage>.ClaimByNewActor()
        ?? throw new InvalidOperationException("An actor is made by ActorOf, not by hand.");

    protected ActorContext<TMessage> Context => _cell.Context;

    protected IActorRef<TMessage> Self => _cell;

    protected internal override string StateName => _cell.BehaviourName;

    internal ActorCell<TMessage> Cell => _cell;

    protected internal abstract void Receive(TMessage message);
}
