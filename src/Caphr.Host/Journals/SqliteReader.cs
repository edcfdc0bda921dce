using System.Globalization;
using Caphr.Actors.Journal;
using Microsoft.Data.Sqlite;

namespace Caphr.Host.Journals;

/// <summary>The statements that read. Used by one thread at a time.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteCommand _ofActor;
    private readonly SqliteCommand _ofShard;
    private readonly SqliteCommand _after;
    private readonly SqliteCommand _claims;

    public SqliteReader(SqliteConnection connection)
    {
        _ofActor = connection.CreateCommand();
        _ofActor.CommandText =
            """
            SELECT position, persistence_id, sequence, manifest, version, at, payload FROM events
            WHERE persistence_id = $id AND sequence >= $from ORDER BY sequence
            """;
        _ofShard = connection.CreateCommand();
        _ofShard.CommandText =
            """
            SELECT position, persistence_id, sequence, manifest, version, at, payload FROM events
            WHERE shard = $shard ORDER BY position
            """;
        _after = connection.CreateCommand();
        _after.CommandText =
            """
            SELECT position, persistence_id, sequence, manifest, version, at, payload FROM events
            WHERE position > $position ORDER BY position LIMIT $limit
            """;
        _claims = connection.CreateCommand();
        _claims.CommandText = "SELECT shard, epoch, owner FROM shards ORDER BY shard";
    }

    public IReadOnlyList<JournalRecord> OfActor(string persistenceId, long fromSequence) => Read(_ofActor, ("$id", persistenceId), ("$from", fromSequence));

    public IReadOnlyList<JournalRecord> OfShard(int shard) => Read(_ofShard, ("$shard", shard));

    public IReadOnlyList<JournalRecord> After(long offset, int limit) => Read(_after, ("$position", offset), ("$limit", limit));

    public IReadOnlyList<ShardClaim> Claims()
    {
        var claims = Enumerable.Range(0, Shards.Count).Select(shard => new ShardClaim(shard, Epoch: 0, Owner: null)).ToArray();
        using var reader = _claims.ExecuteReader();
        while (reader.Read()) claims[reader.GetInt32(0)] = new ShardClaim(reader.GetInt32(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetString(2));
        return claims;
    }

    public void Dispose()
    {
        _claims.Dispose();
        _ofActor.Dispose();
        _ofShard.Dispose();
        _after.Dispose();
    }

    private static List<JournalRecord> Read(SqliteCommand command, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        using var reader = command.ExecuteReader();
        var records = new List<JournalRecord>();
        while (reader.Read())
        {
            var at = DateTimeOffset.Parse(reader.GetString(5), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
            var entry = new JournalEntry(reader.GetString(3), reader.GetInt32(4), reader.GetString(6), at);
            records.Add(new JournalRecord(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), entry));
        }

        return records;
    }
}
