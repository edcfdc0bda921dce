using Caphr.Actors.Journal;
using Npgsql;
using NpgsqlTypes;

namespace Caphr.Host.Journals;

/// <summary>
/// The statements that write, each a transaction in one round trip. Whatever the database's default is, the isolation is READ COMMITTED: what is read
/// after the turn was taken has to be what the turn before has left.
/// </summary>
internal static class PostgresWriter
{
    private const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
    private const string TakeTurn = "SELECT caphr.take_turn()";
    private const string Commit = "COMMIT";

    /// <summary>The outcomes of appends of different actors, in their order.</summary>
    public static async Task<IReadOnlyList<AppendOutcome>> AppendAsync(NpgsqlConnection connection, IReadOnlyList<JournalAppend> group)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(Begin), Append(group), new(Commit) } };
        await using var reader = await batch.ExecuteReaderAsync();
        var outcomes = await ReadOutcomesAsync(reader, group);

        // Only behind the answer to the commit is any of this true.
        while (await reader.NextResultAsync()) { }
        return outcomes;
    }

    public static Task<ClaimOutcome> ClaimAsync(NpgsqlConnection connection, ShardClaim claim, CancellationToken cancellation) =>
        ReplaceAsync(connection, "UPDATE caphr.shards SET epoch = $2, owner = $3 WHERE shard = $1 AND epoch < $2 RETURNING epoch", claim, cancellation);

    public static Task<ClaimOutcome> ReleaseAsync(NpgsqlConnection connection, int shard, long epoch, CancellationToken cancellation) =>
        ReplaceAsync(connection, "UPDATE caphr.shards SET owner = $3 WHERE shard = $1 AND epoch = $2 RETURNING epoch", new ShardClaim(shard, epoch, Owner: null), cancellation);

    public static async Task<SnapshotOutcome> SaveAsync(NpgsqlConnection connection, JournalSnapshot snapshot, long epoch, CancellationToken cancellation)
    {
        var save = new NpgsqlBatchCommand(
            """
            INSERT INTO caphr.snapshots (persistence_id, sequence, shard, epoch, manifest, version, at, payload)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8 FROM caphr.shards
            WHERE shard = $3 AND epoch = $4 AND EXISTS (SELECT FROM caphr.events WHERE persistence_id = $1 AND sequence >= $2)
            ON CONFLICT (persistence_id) DO UPDATE
            SET sequence = excluded.sequence, epoch = excluded.epoch, manifest = excluded.manifest, version = excluded.version, at = excluded.at, payload = excluded.payload
            WHERE snapshots.sequence < excluded.sequence
            """)
        {
            Parameters =
            {
                PostgresStatement.Value(snapshot.PersistenceId),
                PostgresStatement.Value(snapshot.Sequence),
                PostgresStatement.Value(Shards.Of(snapshot.PersistenceId)),
                PostgresStatement.Value(epoch),
                PostgresStatement.Value(snapshot.Entry.Manifest),
                PostgresStatement.Value(snapshot.Entry.Version),
                PostgresStatement.Value(StoredTime.Write(snapshot.Entry.At)),
                new NpgsqlParameter<string> { TypedValue = snapshot.Entry.Payload, NpgsqlDbType = NpgsqlDbType.Json },
            },
        };
        var known = new NpgsqlBatchCommand("SELECT epoch, coalesce((SELECT max(sequence) FROM caphr.events WHERE persistence_id = $1), 0) FROM caphr.shards WHERE shard = $2")
        {
            Parameters = { PostgresStatement.Value(snapshot.PersistenceId), PostgresStatement.Value(Shards.Of(snapshot.PersistenceId)) },
        };
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(Begin), new(TakeTurn), save, known, new(Commit) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);

        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var outcome = SnapshotOutcome.Judge(snapshot, epoch, reader.GetInt64(0), reader.GetInt64(1));
        while (await reader.NextResultAsync(cancellation)) { }
        return outcome;
    }

    /// <summary>Takes no turn: nobody who has one looks at an event that may be forgotten.</summary>
    public static async Task<int> TrimAsync(NpgsqlConnection connection, DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        await using var trim = PostgresStatement.Prepare(
            connection, JournalSql.Trim(PostgresSchema.Prefix), PostgresStatement.Value(StoredTime.Write(before)), PostgresStatement.Value(limit));
        return await trim.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<IReadOnlyList<AppendOutcome>> ReadOutcomesAsync(NpgsqlDataReader reader, IReadOnlyList<JournalAppend> group)
    {
        var outcomes = new List<AppendOutcome>(group.Count);
        while (await reader.ReadAsync())
        {
            if (reader.GetBoolean(0)) return [.. group.Select(_ => AppendOutcome.Appended)];
            outcomes.Add(Judge(group[outcomes.Count], reader.GetInt64(1), reader.GetInt64(2), await reader.IsDBNullAsync(3) ? null : reader.GetGuid(3)));
        }

        return outcomes.Count == group.Count ? outcomes : throw new InvalidDataException($"caphr.shards lacks one of the {Shards.Count} shards.");
    }

    private static AppendOutcome Judge(JournalAppend append, long epoch, long lastSequence, Guid? presentWrite)
    {
        if (append.Epoch != epoch) return AppendOutcome.Fenced(append, epoch);
        // Appended just now, or an append that succeeded before and whose answer was lost: the same write stands where this one wants to be.
        return presentWrite == append.WriteId ? AppendOutcome.Appended : AppendOutcome.Conflict(append, lastSequence);
    }

    private static NpgsqlBatchCommand Append(IReadOnlyList<JournalAppend> group)
    {
        var rows = group.SelectMany(append => append.Entries.Select((entry, index) => (Append: append, Sequence: append.ExpectedSequence + 1 + index, Entry: entry))).ToArray();
        return new NpgsqlBatchCommand("SELECT * FROM caphr.append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        {
            Parameters =
            {
                Array(NpgsqlDbType.Text, rows.Select(row => row.Append.PersistenceId)),
                Array(NpgsqlDbType.Integer, rows.Select(row => Shards.Of(row.Append.PersistenceId))),
                Array(NpgsqlDbType.Bigint, rows.Select(row => row.Append.ExpectedSequence)),
                Array(NpgsqlDbType.Bigint, rows.Select(row => row.Append.Epoch)),
                Array(NpgsqlDbType.Uuid, rows.Select(row => row.Append.WriteId)),
                Array(NpgsqlDbType.Bigint, rows.Select(row => row.Sequence)),
                Array(NpgsqlDbType.Text, rows.Select(row => row.Entry.Manifest)),
                Array(NpgsqlDbType.Integer, rows.Select(row => row.Entry.Version)),
                Array(NpgsqlDbType.Text, rows.Select(row => StoredTime.Write(row.Entry.At))),
                Array(NpgsqlDbType.Json, rows.Select(row => row.Entry.Payload)),
            },
        };
    }

    private static NpgsqlParameter<T[]> Array<T>(NpgsqlDbType type, IEnumerable<T> values) => new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type };

    private static async Task<ClaimOutcome> ReplaceAsync(NpgsqlConnection connection, string update, ShardClaim claim, CancellationToken cancellation)
    {
#pragma warning disable CA2100 // Every text that comes here is a constant of this file.
        var replace = new NpgsqlBatchCommand(update)
#pragma warning restore CA2100
        {
            Parameters =
            {
                PostgresStatement.Value(claim.Shard),
                PostgresStatement.Value(claim.Epoch),
                new NpgsqlParameter { Value = (object?)claim.Owner ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        var present = new NpgsqlBatchCommand("SELECT epoch FROM caphr.shards WHERE shard = $1") { Parameters = { PostgresStatement.Value(claim.Shard) } };
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(Begin), new(TakeTurn), replace, present, new(Commit) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);

        await reader.NextResultAsync(cancellation);
        var isDone = await reader.ReadAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var epoch = reader.GetInt64(0);
        while (await reader.NextResultAsync(cancellation)) { }
        return new ClaimOutcome(isDone ? ClaimResult.Done : ClaimResult.Refused, epoch);
    }
}
