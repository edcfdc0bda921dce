using System.Runtime.CompilerServices;

namespace Caphr.Actors.Kernel;

/// <summary>What an actor can do besides handling messages. Belongs to the actor: used in its turn only, never handed out.</summary>
public sealed class ActorContext<TMessage>
{
    private readonly ActorCell<TMessage> _cell;

    internal ActorContext(ActorCell<TMessage> cell) => _cell = cell;

    public ActorSystem System => _cell.System;

    public IActorRef<TMessage> Self => _cell;

    public Timers<TMessage> Timers => _cell.Timers;

    public DateTimeOffset Now => _cell.System.Clock.GetUtcNow();

    /// <summary>Starts a child, which this actor supervises and which ends with it at the latest. Names are unique among living children.</summary>
    public IActorRef<TChild> ActorOf<TChild>(Props<TChild> props, string name) => _cell.ActorOf(props, name);

    public IActorRef<TChild>? Child<TChild>(string name) => _cell.Children.Find(name) as IActorRef<TChild>;

    /// <summary>Stops the actor after the message it is handling; its remaining messages become dead letters.</summary>
    public void Stop(IActorRef actor) => System.CellOf(actor).Post(new SystemMessage.Stop());

    public void StopSelf() => Stop(Self);

    /// <summary>
    /// Has the message delivered once when the actor has stopped for good, at once if it already has; a restart is not the end. The watch is
    /// replaced by a later one on the same actor and ends with this actor's incarnation.
    /// </summary>
    public void Watch(IActorRef actor, Func<Terminated, TMessage> message) => _cell.Watch(System.CellOf(actor), message);

    public void Unwatch(IActorRef actor) => _cell.Unwatch(System.CellOf(actor));

    /// <summary>The next messages go to this behaviour; its name is the state's name in the actor tree.</summary>
    public void Become(Action<TMessage> behaviour, [CallerArgumentExpression(nameof(behaviour))] string name = "") => _cell.Become(behaviour, name);

    /// <summary>Puts the message being handled aside. As many as the mailbox holds; one more fails the actor.</summary>
    public void Stash() => _cell.Stash();

    /// <summary>Everything put aside comes before what waits in the mailbox, in its old order. A restart does this too.</summary>
    public void UnstashAll() => _cell.UnstashAll();

    /// <summary>
    /// The only way to wait for anything: starts the work at once and delivers its result as a message. Its exception is mapped too, or else fails
    /// the actor. The token, the result and the exception all end with this incarnation. Neither map may touch the actor's state: they run
    /// outside its turn.
    /// </summary>
    public void PipeToSelf<T>(Func<CancellationToken, Task<T>> work, Func<T, TMessage> map, Func<Exception, TMessage>? failed = null) =>
        _cell.Pipe(work, map, failed);

    /// <summary>Asks another actor; its answer, or the lack of one in time, comes back as a message.</summary>
    public void Ask<TQuestion, TReply>(
        IActorRef<TQuestion> actor, Func<IActorRef<TReply>, TQuestion> question, TimeSpan timeout, Func<TReply, TMessage> answered, Func<TMessage> timedOut) =>
        _cell.Pipe(cancellation => AnswerOrTimeout(actor.Ask(question, timeout, cancellation), answered, timedOut), message => message, failed: null);

    /// <summary>A reference to this actor for those who speak another language. The map may not touch the actor's state.</summary>
    public IActorRef<TForeign> Adapt<TForeign>(Func<TForeign, TMessage> map) => new Adapter<TForeign, TMessage>(System, _cell, map);

    /// <summary>Subscribes this incarnation to events of the system. The map may not touch the actor's state.</summary>
    public void Subscribe<TEvent>(Func<TEvent, TMessage> map) => _cell.Subscribe(map);

    private static async Task<TMessage> AnswerOrTimeout<TReply>(Task<TReply> answer, Func<TReply, TMessage> answered, Func<TMessage> timedOut)
    {
        try
        {
            return answered(await answer);
        }
        catch (AskTimeoutException)
        {
            return timedOut();
        }
    }
}
