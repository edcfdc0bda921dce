using Caphr.Actors.Journal;

namespace Caphr.Benchmarks.Journals;

/// <summary>A journal of which one shard was read in advance: whoever recovers finds their events here.</summary>
internal sealed class PrereadJournal(IJournal inner, IReadOnlyList<JournalRecord> records) : IJournal
{
    private readonly Dictionary<string, List<JournalRecord>> _byActor = records.GroupBy(record => record.PersistenceId).ToDictionary(group => group.Key, group => group.ToList());

    public IEnumerable<string> PersistenceIds => _byActor.Keys;

    public Task<ReadOutcome> ReadAsync(string persistenceId, long fromSequence, CancellationToken cancellation) =>
        Task.FromResult(ReadOutcome.Of(_byActor.TryGetValue(persistenceId, out var own) ? own : []));

    public Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation) => inner.AppendAsync(append, cancellation);

    public Task<ReadOutcome> ReadShardAsync(int shard, CancellationToken cancellation) => inner.ReadShardAsync(shard, cancellation);

    public Task<ReadOutcome> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) => inner.ReadAllAsync(afterOffset, limit, cancellation);
}
