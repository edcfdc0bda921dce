namespace Caphr.Actors.Journal;

/// <summary>The contract without the durability: a journal for simulations and tests. It outlives the actor system that writes to it, as a database would.</summary>
public sealed class InMemoryJournal : IJournal
{
    private readonly Lock _gate = new();
    private readonly List<JournalRecord> _records = [];
    private readonly Dictionary<string, List<(JournalRecord Record, Guid WriteId)>> _byActor = [];
    private readonly long[] _epochs = new long[Shards.Count];

    public Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(append.Entries.Count);
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(Append(append));
    }

    public Task<ReadOutcome> ReadAsync(string persistenceId, long fromSequence, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return Task.FromResult(ReadOutcome.Of(
                [.. _byActor.GetValueOrDefault(persistenceId, []).Select(written => written.Record).Where(record => record.Sequence >= fromSequence)]));
        }
    }

    public Task<ReadOutcome> ReadShardAsync(int shard, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(ReadOutcome.Of([.. _records.Where(record => Shards.Of(record.PersistenceId) == shard)]));
    }

    public Task<ReadOutcome> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(ReadOutcome.Of([.. _records.Where(record => record.Offset > afterOffset).Take(limit)]));
    }

    public Task<FenceOutcome> FenceAsync(int shard, long epoch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (epoch <= _epochs[shard]) return Task.FromResult(new FenceOutcome(FenceResult.Refused, _epochs[shard]));
            _epochs[shard] = epoch;
            return Task.FromResult(new FenceOutcome(FenceResult.Raised, epoch));
        }
    }

    private AppendOutcome Append(JournalAppend append)
    {
        var epoch = _epochs[Shards.Of(append.PersistenceId)];
        if (append.Epoch != epoch) return AppendOutcome.Fenced(append, epoch);

        if (!_byActor.TryGetValue(append.PersistenceId, out var written)) _byActor.Add(append.PersistenceId, written = []);
        if (written.Count != append.ExpectedSequence)
        {
            var isRepetition = append.ExpectedSequence < written.Count && written[(int)append.ExpectedSequence].WriteId == append.WriteId;
            return isRepetition ? AppendOutcome.Appended : AppendOutcome.Conflict(append, written.Count);
        }

        foreach (var entry in append.Entries)
        {
            var record = new JournalRecord(_records.Count + 1, append.PersistenceId, written.Count + 1, entry);
            _records.Add(record);
            written.Add((record, append.WriteId));
        }

        return AppendOutcome.Appended;
    }
}
