using Caphr.Actors.Journal;
using Npgsql;

namespace Caphr.Host.Journals;

/// <summary>The statements that read.</summary>
internal static class PostgresReader
{
    private const string Columns = "position, persistence_id, sequence, manifest, version, at, payload";

    public static Task<IReadOnlyList<JournalRecord>> OfActorAsync(NpgsqlConnection connection, string persistenceId, long fromSequence, CancellationToken cancellation) =>
        ReadAsync(
            new NpgsqlCommand($"SELECT {Columns} FROM caphr.events WHERE persistence_id = $1 AND sequence >= $2 ORDER BY sequence", connection)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = persistenceId }, new NpgsqlParameter<long> { TypedValue = fromSequence } },
            },
            cancellation);

    public static Task<IReadOnlyList<JournalRecord>> OfShardAsync(NpgsqlConnection connection, int shard, CancellationToken cancellation) =>
        ReadAsync(
            new NpgsqlCommand($"SELECT {Columns} FROM caphr.events WHERE shard = $1 ORDER BY position", connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = shard } } },
            cancellation);

    /// <summary>Nothing can still come below what this returns: an offset is given out and committed in one turn.</summary>
    public static Task<IReadOnlyList<JournalRecord>> AfterAsync(NpgsqlConnection connection, long offset, int limit, CancellationToken cancellation) =>
        ReadAsync(
            new NpgsqlCommand($"SELECT {Columns} FROM caphr.events WHERE position > $1 ORDER BY position LIMIT $2", connection)
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = offset }, new NpgsqlParameter<int> { TypedValue = limit } },
            },
            cancellation);

    public static async Task<IReadOnlyList<ShardClaim>> ClaimsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT shard, epoch, owner FROM caphr.shards ORDER BY shard", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var claims = new List<ShardClaim>(Shards.Count);
        while (await reader.ReadAsync(cancellation))
        {
            claims.Add(new ShardClaim(reader.GetInt32(0), reader.GetInt64(1), await reader.IsDBNullAsync(2, cancellation) ? null : reader.GetString(2)));
        }

        return claims;
    }

    private static async Task<IReadOnlyList<JournalRecord>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var owned = command;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var records = new List<JournalRecord>();
        while (await reader.ReadAsync(cancellation))
        {
            var entry = new JournalEntry(reader.GetString(3), reader.GetInt32(4), reader.GetString(6), StoredTime.Read(reader.GetString(5)));
            records.Add(new JournalRecord(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), entry));
        }

        return records;
    }
}
