using Caphr.Actors.Journal;
using Npgsql;

namespace Caphr.Host.Journals;

/// <summary>The statements that read.</summary>
internal static class PostgresReader
{
    public static async Task<ActorHistory> OfActorAsync(NpgsqlConnection connection, string persistenceId, CancellationToken cancellation)
    {
        var histories = new Histories();
        await ReadAsync(connection, JournalSql.History(PostgresSchema.Prefix), [PostgresStatement.Value(persistenceId)], histories.Add, cancellation);
        return histories.Complete() is [var history] ? history : new ActorHistory(persistenceId, Snapshot: null, []);
    }

    public static async Task<IReadOnlyList<ActorHistory>> OfShardAsync(NpgsqlConnection connection, int shard, CancellationToken cancellation)
    {
        var histories = new Histories();
        await ReadAsync(connection, JournalSql.Histories(PostgresSchema.Prefix), [PostgresStatement.Value(shard)], histories.Add, cancellation);
        return histories.Complete();
    }

    /// <summary>Nothing can still come below what this returns: an offset is given out and committed in one turn.</summary>
    public static async Task<IReadOnlyList<JournalRecord>> AfterAsync(NpgsqlConnection connection, long offset, int limit, CancellationToken cancellation)
    {
        var records = new List<JournalRecord>();
        await ReadAsync(
            connection, JournalSql.After(PostgresSchema.Prefix), [PostgresStatement.Value(offset), PostgresStatement.Value(limit)], records.Add, cancellation);
        return records;
    }

    public static async Task<IReadOnlyList<ShardClaim>> ClaimsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = PostgresStatement.Prepare(connection, JournalSql.Claims(PostgresSchema.Prefix));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var claims = new List<ShardClaim>(Shards.Count);
        while (await reader.ReadAsync(cancellation))
        {
            claims.Add(new ShardClaim(reader.GetInt32(0), reader.GetInt64(1), await reader.IsDBNullAsync(2, cancellation) ? null : reader.GetString(2)));
        }

        return claims;
    }

    private static async Task ReadAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, Action<JournalRecord> add, CancellationToken cancellation)
    {
        await using var command = PostgresStatement.Prepare(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var entry = new JournalEntry(reader.GetString(3), reader.GetInt32(4), reader.GetString(6), StoredTime.Read(reader.GetString(5)));
            add(new JournalRecord(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), entry));
        }
    }
}
