namespace Caphr.Actors.Journal;

/// <summary>The state of an actor after one of its events, in the form in which it is stored, so that replay need not begin at the first event.</summary>
/// <param name="Sequence">The sequence of the last event that is in the state.</param>
public sealed record JournalSnapshot(string PersistenceId, long Sequence, JournalEntry Entry);

/// <summary>What an actor has to remember: its latest snapshot, and the events after it in their order, without a gap.</summary>
public sealed record ActorHistory(string PersistenceId, JournalSnapshot? Snapshot, IReadOnlyList<JournalRecord> Events)
{
    /// <summary>The sequence of the actor's last event; 0 when it has none.</summary>
    public long LastSequence => Events.Count > 0 ? Events[^1].Sequence : Snapshot?.Sequence ?? 0;
}
