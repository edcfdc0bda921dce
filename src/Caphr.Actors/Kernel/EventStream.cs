namespace Caphr.Actors.Kernel;

/// <summary>
/// Publish and subscribe inside one actor system: each subscriber gets every event of the type it named, in the order of publication by one publisher.
/// Subscribers are actors, so a slow or failing one holds nobody up; at its mailbox's bound events become dead letters like any other message.
/// </summary>
public sealed class EventStream
{
    [ThreadStatic]
    private static bool t_publishesTrouble;

    private readonly Lock _gate = new();
    private Subscription[] _subscriptions = [];

    public void Publish<TEvent>(TEvent published)
        where TEvent : notnull
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions)) subscription.Offer(published);
    }

    /// <summary>Until the result is disposed. An actor subscribes itself with <see cref="ActorContext{TMessage}.Subscribe"/>, which ends with it.</summary>
    public IDisposable Subscribe<TEvent>(IActorRef<TEvent> subscriber)
    {
        var subscription = new Subscription<TEvent>(this, subscriber);
        lock (_gate) _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    internal void PublishDeadLetter(ActorPath recipient, object message, DeadLetterReason reason) => PublishTrouble(new DeadLetter(recipient, message, reason));

    /// <summary>What is wrong with somebody's delivery, who may well be a subscriber to exactly this: trouble with telling of trouble breeds no more of it.</summary>
    internal void PublishTrouble<TEvent>(TEvent trouble)
        where TEvent : notnull
    {
        if (t_publishesTrouble) return;
        t_publishesTrouble = true;
        try
        {
            Publish(trouble);
        }
        finally
        {
            t_publishesTrouble = false;
        }
    }

    private abstract class Subscription(EventStream stream) : IDisposable
    {
        public abstract void Offer(object published);

        public void Dispose()
        {
            lock (stream._gate) stream._subscriptions = [.. stream._subscriptions.Where(other => other != this)];
        }
    }

    private sealed class Subscription<TEvent>(EventStream stream, IActorRef<TEvent> subscriber) : Subscription(stream)
    {
        public override void Offer(object published)
        {
            if (published is TEvent wanted) subscriber.Tell(wanted);
        }
    }
}
