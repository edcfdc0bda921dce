using Caphr.Actors.Journal;
using Microsoft.Data.Sqlite;

namespace Caphr.Host.Journals;

/// <summary>
/// The statements that write. Used by the one writing thread, each inside the transaction of its group. Nobody else writes to the file, so the writer
/// looks up an epoch or a last sequence once and remembers it from there on; what a failed transaction has taught it is forgotten with everything else.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int RememberedActorsLimit = 100_000;

    private readonly Dictionary<string, long> _lastSequences = new(StringComparer.Ordinal);
    private readonly long?[] _epochs = new long?[Shards.Count];
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _epochOf;
    private readonly SqliteCommand _claim;
    private readonly SqliteCommand _lastSequenceOf;
    private readonly SqliteCommand _writeIdAt;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _save;
    private readonly SqliteCommand _trim;

    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _epochOf = SqliteStatement.Prepare(connection, "SELECT epoch FROM shards WHERE shard = $shard", "$shard");
        _claim = SqliteStatement.Prepare(
            connection,
            "INSERT INTO shards (shard, epoch, owner) VALUES ($shard, $epoch, $owner) ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner",
            "$shard", "$epoch", "$owner");
        _lastSequenceOf = SqliteStatement.Prepare(connection, "SELECT max(sequence) FROM events WHERE persistence_id = $id", "$id");
        _writeIdAt = SqliteStatement.Prepare(connection, "SELECT write_id FROM events WHERE persistence_id = $id AND sequence = $sequence", "$id", "$sequence");
        _insert = SqliteStatement.Prepare(
            connection,
            """
            INSERT INTO events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
            VALUES ($id, $sequence, $shard, $epoch, $write, $manifest, $version, $at, $payload)
            """,
            "$id", "$sequence", "$shard", "$epoch", "$write", "$manifest", "$version", "$at", "$payload");
        _save = SqliteStatement.Prepare(
            connection,
            """
            INSERT INTO snapshots (persistence_id, sequence, shard, epoch, manifest, version, at, payload)
            VALUES ($id, $sequence, $shard, $epoch, $manifest, $version, $at, $payload)
            ON CONFLICT (persistence_id) DO UPDATE
            SET sequence = excluded.sequence, epoch = excluded.epoch, manifest = excluded.manifest, version = excluded.version, at = excluded.at, payload = excluded.payload
            WHERE snapshots.sequence < excluded.sequence
            """,
            "$id", "$sequence", "$shard", "$epoch", "$manifest", "$version", "$at", "$payload");
        _trim = SqliteStatement.Prepare(connection, JournalSql.Trim(prefix: ""), "$1", "$2");
    }

    /// <summary>Of the group that is being written.</summary>
    public SqliteTransaction? Transaction { get; private set; }

    public SqliteTransaction Begin()
    {
        var transaction = Transaction = _connection.BeginTransaction();
        _epochOf.Transaction = _claim.Transaction = _lastSequenceOf.Transaction = _writeIdAt.Transaction = _insert.Transaction = _save.Transaction = _trim.Transaction = transaction;
        return transaction;
    }

    /// <summary>After a transaction that failed, or whose end is not known.</summary>
    public void Forget()
    {
        _lastSequences.Clear();
        Array.Clear(_epochs);
    }

    public AppendOutcome Append(JournalAppend append)
    {
        var shard = Shards.Of(append.PersistenceId);
        var epoch = EpochOf(shard);
        if (append.Epoch != epoch) return AppendOutcome.Fenced(append, epoch);

        var last = LastSequenceOf(append.PersistenceId);
        if (last != append.ExpectedSequence)
        {
            // An append that succeeded, whose answer was lost: the same write stands where this one wants to go.
            var isRepetition = SqliteStatement.Run(_writeIdAt, append.PersistenceId, append.ExpectedSequence + 1) is string written && written == append.WriteId.ToString();
            return isRepetition ? AppendOutcome.Appended : AppendOutcome.Conflict(append, last);
        }

        var writeId = append.WriteId.ToString();
        foreach (var entry in append.Entries)
        {
            SqliteStatement.Bind(
                _insert, append.PersistenceId, ++last, shard, append.Epoch, writeId, entry.Manifest, entry.Version, StoredTime.Write(entry.At), entry.Payload);
            _insert.ExecuteNonQuery();
        }

        _lastSequences[append.PersistenceId] = last;
        return AppendOutcome.Appended;
    }

    public SnapshotOutcome Save(JournalSnapshot snapshot, long epoch)
    {
        var shard = Shards.Of(snapshot.PersistenceId);
        var outcome = SnapshotOutcome.Judge(snapshot, epoch, EpochOf(shard), LastSequenceOf(snapshot.PersistenceId));
        if (outcome.Result is not SnapshotResult.Saved) return outcome;
        SqliteStatement.Bind(
            _save, snapshot.PersistenceId, snapshot.Sequence, shard, epoch,
            snapshot.Entry.Manifest, snapshot.Entry.Version, StoredTime.Write(snapshot.Entry.At), snapshot.Entry.Payload);
        _save.ExecuteNonQuery();
        return outcome;
    }

    public int Trim(DateTimeOffset before, int limit)
    {
        SqliteStatement.Bind(_trim, StoredTime.Write(before), limit);
        return _trim.ExecuteNonQuery();
    }

    public ClaimOutcome Claim(ShardClaim claim) => Replace(claim, ifSo: epoch => epoch < claim.Epoch);

    public ClaimOutcome Release(int shard, long epoch) => Replace(new ShardClaim(shard, epoch, Owner: null), ifSo: present => present == epoch);

    public void Dispose()
    {
        _epochOf.Dispose();
        _claim.Dispose();
        _lastSequenceOf.Dispose();
        _writeIdAt.Dispose();
        _insert.Dispose();
        _save.Dispose();
        _trim.Dispose();
    }

    private ClaimOutcome Replace(ShardClaim claim, Func<long, bool> ifSo)
    {
        var present = EpochOf(claim.Shard);
        if (!ifSo(present)) return new ClaimOutcome(ClaimResult.Refused, present);
        SqliteStatement.Bind(_claim, claim.Shard, claim.Epoch, (object?)claim.Owner ?? DBNull.Value);
        _claim.ExecuteNonQuery();
        _epochs[claim.Shard] = claim.Epoch;
        return new ClaimOutcome(ClaimResult.Done, claim.Epoch);
    }

    private long LastSequenceOf(string persistenceId)
    {
        if (_lastSequences.TryGetValue(persistenceId, out var known)) return known;
        if (_lastSequences.Count >= RememberedActorsLimit) _lastSequences.Clear();
        return _lastSequences[persistenceId] = SqliteStatement.Run(_lastSequenceOf, persistenceId) is long sequence ? sequence : 0;
    }

    private long EpochOf(int shard) => _epochs[shard] ??= SqliteStatement.Run(_epochOf, shard) is long epoch ? epoch : 0;
}
