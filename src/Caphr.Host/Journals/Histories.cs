using Caphr.Actors.Journal;

namespace Caphr.Host.Journals;

/// <summary>
/// Puts histories together from rows ordered by actor and sequence. A snapshot is a row like an event's, at offset 0, which no event has; it comes
/// before the events after it because its sequence is lower than theirs.
/// </summary>
internal sealed class Histories
{
    private readonly List<ActorHistory> _complete = [];
    private JournalSnapshot? _snapshot;
    private List<JournalRecord> _events = [];
    private string? _actor;

    public void Add(JournalRecord row)
    {
        if (row.PersistenceId != _actor) CompleteActor();
        _actor = row.PersistenceId;
        if (row.Offset == 0) _snapshot = new JournalSnapshot(row.PersistenceId, row.Sequence, row.Entry);
        else _events.Add(row);
    }

    public IReadOnlyList<ActorHistory> Complete()
    {
        CompleteActor();
        return _complete;
    }

    private void CompleteActor()
    {
        if (_actor is not null) _complete.Add(new ActorHistory(_actor, _snapshot, _events));
        (_actor, _snapshot, _events) = (null, null, []);
    }
}
