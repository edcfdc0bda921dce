using System.Collections.Concurrent;

namespace Caphr.Actors.Journal;

/// <summary>
/// A journal with the histories of some actors at hand, each given out once: a shard is read in bulk, and its actors recover from that. What an actor
/// asks for later, as after a restart, is read anew.
/// </summary>
public sealed class PrefetchedJournal(IJournal journal, IEnumerable<ActorHistory> histories) : IJournal
{
    private readonly ConcurrentDictionary<string, ActorHistory> _histories = new(histories.Select(history => KeyValuePair.Create(history.PersistenceId, history)));

    public Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation) => _histories.TryRemove(persistenceId, out var history)
        ? Task.FromResult(ReadOutcome<ActorHistory>.Of(history))
        : journal.ReadAsync(persistenceId, cancellation);

    public Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation) => journal.AppendAsync(append, cancellation);

    public Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation) => journal.SaveSnapshotAsync(snapshot, epoch, cancellation);

    public Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation) => journal.ReadShardAsync(shard, cancellation);

    public Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) =>
        journal.ReadAllAsync(afterOffset, limit, cancellation);

    public Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) => journal.TrimAsync(before, limit, cancellation);
}
