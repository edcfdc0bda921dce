using Caphr.Actors.Journal;

namespace Caphr.Actors.Kernel;

/// <summary>Where and how the actors of one kind keep their events.</summary>
public sealed record Persistence<TEvent>(IJournal Journal, EventCodec<TEvent> Codec)
    where TEvent : notnull
{
    /// <summary>The epoch of the claim under which the actors' shard is worked; 0 where nobody else could work it.</summary>
    public long Epoch { get; init; }

    /// <summary>How long to wait before a journal that could not be reached is tried again. It is tried until it answers.</summary>
    public Backoff Retry { get; init; } = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
}

/// <summary>An actor waits for its journal. Published at the first failed attempt; nothing is lost meanwhile.</summary>
public sealed record JournalStalled(ActorPath Actor, string PersistenceId, string Detail);

/// <summary>The journal that an actor waited for has answered.</summary>
public sealed record JournalResumed(ActorPath Actor, string PersistenceId, int Attempts);

/// <summary>The actor's shard is worked by somebody else now, so it stopped before it acted.</summary>
public sealed record ActorFenced(ActorPath Actor, string PersistenceId, string Detail);

/// <summary>Somebody else has appended to this actor's events, so what it remembers is out of date: it has to recover.</summary>
public sealed class JournalConflictException(string detail) : Exception($"Somebody else has appended: {detail}");
