namespace Caphr.Actors.Journal;

/// <summary>The contract without the durability: a journal for simulations and tests. It outlives the actor system that writes to it, as a database would.</summary>
public sealed class InMemoryJournal : IJournal, IShardClaims
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, JournalRecord> _records = [];
    private readonly SortedDictionary<string, Memory> _byActor = new(StringComparer.Ordinal);
    private readonly ShardClaim[] _claims = [.. Enumerable.Range(0, Shards.Count).Select(shard => new ShardClaim(shard, Epoch: 0, Owner: null))];
    private long _lastOffset;

    public Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(append.Entries.Count);
        return Locked(() => Append(append), cancellation);
    }

    public Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation) =>
        Locked(() => Save(snapshot, epoch), cancellation);

    public Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation) =>
        Locked(() => ReadOutcome<ActorHistory>.Of(MemoryOf(persistenceId).History(persistenceId)), cancellation);

    public Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation) =>
        Locked(
            () => ReadOutcome<IReadOnlyList<ActorHistory>>.Of([.. _byActor.Where(actor => Shards.Of(actor.Key) == shard).Select(actor => actor.Value.History(actor.Key))]),
            cancellation);

    public Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) =>
        Locked(() => ReadOutcome<IReadOnlyList<JournalRecord>>.Of([.. _records.Values.SkipWhile(record => record.Offset <= afterOffset).Take(limit)]), cancellation);

    public Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        Locked(() => ReadOutcome<int>.Of(Trim(before, limit)), cancellation);

    public Task<ReadOutcome<IReadOnlyList<ShardClaim>>> ReadClaimsAsync(CancellationToken cancellation) =>
        Locked(() => ReadOutcome<IReadOnlyList<ShardClaim>>.Of([.. _claims]), cancellation);

    public Task<ClaimOutcome> ClaimAsync(ShardClaim claim, CancellationToken cancellation) =>
        Locked(() => Replace(claim, ifSo: present => present.Epoch < claim.Epoch), cancellation);

    public Task<ClaimOutcome> ReleaseAsync(int shard, long epoch, CancellationToken cancellation) =>
        Locked(() => Replace(new ShardClaim(shard, epoch, Owner: null), ifSo: present => present.Epoch == epoch), cancellation);

    private Task<T> Locked<T>(Func<T> act, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(act());
    }

    private ClaimOutcome Replace(ShardClaim claim, Func<ShardClaim, bool> ifSo)
    {
        var present = _claims[claim.Shard];
        if (!ifSo(present)) return new ClaimOutcome(ClaimResult.Refused, present.Epoch);
        _claims[claim.Shard] = claim;
        return new ClaimOutcome(ClaimResult.Done, claim.Epoch);
    }

    private AppendOutcome Append(JournalAppend append)
    {
        var epoch = EpochOf(append.PersistenceId);
        if (append.Epoch != epoch) return AppendOutcome.Fenced(append, epoch);

        var memory = MemoryOf(append.PersistenceId);
        if (memory.LastSequence != append.ExpectedSequence)
        {
            var isRepetition = memory.Written.Exists(written => written.Record.Sequence == append.ExpectedSequence + 1 && written.WriteId == append.WriteId);
            return isRepetition ? AppendOutcome.Appended : AppendOutcome.Conflict(append, memory.LastSequence);
        }

        _byActor[append.PersistenceId] = memory;
        foreach (var entry in append.Entries)
        {
            var record = new JournalRecord(++_lastOffset, append.PersistenceId, memory.LastSequence + 1, entry);
            _records.Add(record.Offset, record);
            memory.Written.Add((record, append.WriteId));
        }

        return AppendOutcome.Appended;
    }

    private SnapshotOutcome Save(JournalSnapshot snapshot, long epoch)
    {
        var memory = MemoryOf(snapshot.PersistenceId);
        var outcome = SnapshotOutcome.Judge(snapshot, epoch, EpochOf(snapshot.PersistenceId), memory.LastSequence);
        if (outcome.Result is SnapshotResult.Saved && (memory.Snapshot is not { } present || present.Sequence < snapshot.Sequence)) memory.Snapshot = snapshot;
        return outcome;
    }

    private int Trim(DateTimeOffset before, int limit)
    {
        var forgotten = _records.Values
            .Where(record => record.Entry.At < before && MemoryOf(record.PersistenceId) is var memory
                && record.Sequence <= memory.Snapshot?.Sequence && record.Sequence < memory.LastSequence)
            .Take(limit)
            .ToList();
        foreach (var record in forgotten)
        {
            _records.Remove(record.Offset);
            MemoryOf(record.PersistenceId).Written.RemoveAll(written => written.Record == record);
        }

        return forgotten.Count;
    }

    private long EpochOf(string persistenceId) => _claims[Shards.Of(persistenceId)].Epoch;

    private Memory MemoryOf(string persistenceId) => _byActor.GetValueOrDefault(persistenceId) ?? new Memory();

    private sealed class Memory
    {
        public List<(JournalRecord Record, Guid WriteId)> Written { get; } = [];

        public JournalSnapshot? Snapshot { get; set; }

        public long LastSequence => Written.Count > 0 ? Written[^1].Record.Sequence : 0;

        public ActorHistory History(string persistenceId) =>
            new(persistenceId, Snapshot, [.. Written.Select(written => written.Record).Where(record => record.Sequence > (Snapshot?.Sequence ?? 0))]);
    }
}
