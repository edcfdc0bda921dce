namespace Caphr.Actors.Journal;

/// <summary>The contract without the durability: a journal for simulations and tests. It outlives the actor system that writes to it, as a database would.</summary>
public sealed class InMemoryJournal : IJournal, IShardClaims
{
    private readonly Lock _gate = new();
    private readonly List<JournalRecord> _records = [];
    private readonly Dictionary<string, List<(JournalRecord Record, Guid WriteId)>> _byActor = [];
    private readonly ShardClaim[] _claims = [.. Enumerable.Range(0, Shards.Count).Select(shard => new ShardClaim(shard, Epoch: 0, Owner: null))];

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

    public Task<ClaimsOutcome> ReadClaimsAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(new ClaimsOutcome([.. _claims]));
    }

    public Task<ClaimOutcome> ClaimAsync(ShardClaim claim, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(Replace(claim, ifSo: present => present.Epoch < claim.Epoch));
    }

    public Task<ClaimOutcome> ReleaseAsync(int shard, long epoch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate) return Task.FromResult(Replace(new ShardClaim(shard, epoch, Owner: null), ifSo: present => present.Epoch == epoch));
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
        var epoch = _claims[Shards.Of(append.PersistenceId)].Epoch;
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
