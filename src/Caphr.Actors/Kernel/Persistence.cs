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

/// <summary>
/// How an actor gives its state to the journal and takes it back. An entry carries a manifest and a version as an event's does, and an
/// <see cref="EventCodec{TEvent}"/> of the state's type makes and reads it. What is restored has to be what all events would have made of the state.
/// </summary>
/// <param name="EveryEvents">After how many events since the last snapshot the next one is taken.</param>
public sealed record Snapshots(int EveryEvents, Func<JournalEntry> Take, Action<JournalEntry> Restore);

/// <summary>A snapshot of an actor could not be saved. Its events say the same, and the next snapshot is due as if this one had been saved.</summary>
public sealed record SnapshotNotSaved(ActorPath Actor, string PersistenceId, string Detail);

/// <summary>An actor waits for its journal. Published at the first failed attempt; nothing is lost meanwhile.</summary>
public sealed record JournalStalled(ActorPath Actor, string PersistenceId, string Detail);

/// <summary>The journal that an actor waited for has answered.</summary>
public sealed record JournalResumed(ActorPath Actor, string PersistenceId, int Attempts);

/// <summary>The actor's shard is worked by somebody else now, so it stopped before it acted.</summary>
public sealed record ActorFenced(ActorPath Actor, string PersistenceId, string Detail);

/// <summary>Somebody else has appended to this actor's events, so what it remembers is out of date: it has to recover.</summary>
public sealed class JournalConflictException(string detail) : Exception($"Somebody else has appended: {detail}");
