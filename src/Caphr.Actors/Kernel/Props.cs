namespace Caphr.Actors.Kernel;

/// <summary>How to make an actor. The factory runs again at every restart and must give a new instance each time.</summary>
public sealed record Props<TMessage>(Func<Actor<TMessage>> Factory)
{
    /// <summary>
    /// How many messages may wait. One more is not taken: it becomes a dead letter. What the actor itself asked for (timers, piped results,
    /// notices of death) is not counted, because the actor bounds it by what it starts.
    /// </summary>
    public int MailboxCapacity { get; init; } = Props.DefaultMailboxCapacity;

    internal int CheckedMailboxCapacity => MailboxCapacity > 0
        ? MailboxCapacity
        : throw new InvalidOperationException($"A mailbox holds at least one message, not {MailboxCapacity}.");
}

public static class Props
{
    public const int DefaultMailboxCapacity = 1024;

    public static Props<TMessage> Create<TMessage>(Func<Actor<TMessage>> factory) => new(factory);
}
