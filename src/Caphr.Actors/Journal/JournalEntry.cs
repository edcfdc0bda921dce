namespace Caphr.Actors.Journal;

/// <summary>One event in the form in which it is stored.</summary>
/// <param name="Manifest">The registered name of the event's type. Storage format: never renamed.</param>
/// <param name="Version">The version of the payload's shape under that name.</param>
/// <param name="Payload">JSON.</param>
public sealed record JournalEntry(string Manifest, int Version, string Payload, DateTimeOffset At)
{
    // Payloads are as confidential as the events in them.
    public override string ToString() => $"{Manifest} v{Version}";
}

/// <summary>An entry at its place.</summary>
/// <param name="Offset">Rises with every entry of the journal in the order of commits; may have gaps.</param>
/// <param name="Sequence">1 for the first event of an actor; has no gaps.</param>
public sealed record JournalRecord(long Offset, string PersistenceId, long Sequence, JournalEntry Entry);

/// <summary>What one actor wants to have appended.</summary>
/// <param name="ExpectedSequence">The sequence of the last event the actor knows; 0 when it knows of none.</param>
/// <param name="Epoch">The epoch under which the actor's shard was claimed.</param>
/// <param name="WriteId">Names this append. A repetition of an append whose answer was lost carries the same one.</param>
public sealed record JournalAppend(string PersistenceId, long ExpectedSequence, long Epoch, Guid WriteId, IReadOnlyList<JournalEntry> Entries);
