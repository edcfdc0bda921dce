namespace Caphr.Actors.Kernel;

/// <summary>The identity of an actor: it survives restarts and ends with the actor. A later actor of the same name is another one.</summary>
public interface IActorRef
{
    ActorPath Path { get; }
}

/// <summary>What one may send to an actor. A reference to an actor that understands a family of messages is also a reference for each member.</summary>
public interface IActorRef<in TMessage> : IActorRef
{
    /// <summary>
    /// Puts the message into the actor's mailbox and returns at once. Messages from one sender arrive in their order, at most once.
    /// What cannot be delivered (the actor has stopped, its mailbox is full) is published as a <see cref="DeadLetter"/>.
    /// </summary>
    void Tell(TMessage message);

    /// <summary>
    /// Sends what <paramref name="question"/> makes of a reference to answer to, and completes with the first answer. Without an answer in time
    /// the task fails with <see cref="AskTimeoutException"/>. Inside an actor, <see cref="ActorContext{TMessage}.Ask"/> turns both into messages.
    /// </summary>
    Task<TReply> Ask<TReply>(Func<IActorRef<TReply>, TMessage> question, TimeSpan timeout, CancellationToken cancellation = default);
}
