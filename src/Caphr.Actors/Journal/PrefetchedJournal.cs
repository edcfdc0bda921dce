using System.Collections.Concurrent;

namespace Caphr.Actors.Journal;

/// <summary>
/// A journal with the histories of some actors at hand, each given out once: a shard is read in bulk, and its actors recover from that. What an actor
/// asks for later, as after a restart, is read anew.
/// </summary>
internal sealed class PrefetchedJournal(IJournal journal, IEnumerable<JournalRecord> records) : IJournal
{
    private readonly ConcurrentDictionary<string, JournalRecord[]> _histories =
        new(records.GroupBy(record => record.PersistenceId).Select(actor => KeyValuePair.Create(actor.Key, actor.ToArray())));

    public ICollection<string> PersistenceIds => _histories.Keys;

    public Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation) => journal.AppendAsync(append, cancellation);

    public Task<ReadOutcome> ReadAsync(string persistenceId, long fromSequence, CancellationToken cancellation) => _histories.TryRemove(persistenceId, out var history)
        ? Task.FromResult(ReadOutcome.Of([.. history.Where(record => record.Sequence >= fromSequence)]))
        : journal.ReadAsync(persistenceId, fromSequence, cancellation);

    public Task<ReadOutcome> ReadShardAsync(int shard, CancellationToken cancellation) => journal.ReadShardAsync(shard, cancellation);

    public Task<ReadOutcome> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) => journal.ReadAllAsync(afterOffset, limit, cancellation);
}
