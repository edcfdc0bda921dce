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
        _ofActor = SqliteStatement.Prepare(connection, JournalSql.History(prefix: ""), "$1");
        _ofShard = SqliteStatement.Prepare(connection, JournalSql.Histories(prefix: ""), "$1");
        _after = SqliteStatement.Prepare(connection, JournalSql.After(prefix: ""), "$1", "$2");
        _claims = SqliteStatement.Prepare(connection, JournalSql.Claims(prefix: ""));
    }

    public ActorHistory OfActor(string persistenceId)
    {
        var histories = new Histories();
        Read(_ofActor, histories.Add, persistenceId);
        return histories.Complete() is [var history] ? history : new ActorHistory(persistenceId, Snapshot: null, []);
    }

    public IReadOnlyList<ActorHistory> OfShard(int shard)
    {
        var histories = new Histories();
        Read(_ofShard, histories.Add, shard);
        return histories.Complete();
    }

    public IReadOnlyList<JournalRecord> After(long offset, int limit)
    {
        var records = new List<JournalRecord>();
        Read(_after, records.Add, offset, limit);
        return records;
    }

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

    private static void Read(SqliteCommand command, Action<JournalRecord> add, params ReadOnlySpan<object> values)
    {
        SqliteStatement.Bind(command, values);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var entry = new JournalEntry(reader.GetString(3), reader.GetInt32(4), reader.GetString(6), StoredTime.Read(reader.GetString(5)));
            add(new JournalRecord(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), entry));
        }
    }
}
