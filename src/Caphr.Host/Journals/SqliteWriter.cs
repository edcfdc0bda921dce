using System.Globalization;
using Caphr.Actors.Journal;
using Microsoft.Data.Sqlite;

namespace Caphr.Host.Journals;

/// <summary>The statements that write. Used by the one writing thread, each inside the transaction of its group.</summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _epochOf;
    private readonly SqliteCommand _claim;
    private readonly SqliteCommand _lastSequence;
    private readonly SqliteCommand _writeIdAt;
    private readonly SqliteCommand _insert;

    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _epochOf = Prepare("SELECT epoch FROM shards WHERE shard = $shard", "$shard");
        _claim = Prepare(
            "INSERT INTO shards (shard, epoch, owner) VALUES ($shard, $epoch, $owner) ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner",
            "$shard", "$epoch", "$owner");
        _lastSequence = Prepare("SELECT max(sequence) FROM events WHERE persistence_id = $id", "$id");
        _writeIdAt = Prepare("SELECT write_id FROM events WHERE persistence_id = $id AND sequence = $sequence", "$id", "$sequence");
        _insert = Prepare(
            """
            INSERT INTO events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
            VALUES ($id, $sequence, $shard, $epoch, $write, $manifest, $version, $at, $payload)
            """,
            "$id", "$sequence", "$shard", "$epoch", "$write", "$manifest", "$version", "$at", "$payload");
    }

    public SqliteTransaction Begin()
    {
        var transaction = _connection.BeginTransaction();
        _epochOf.Transaction = _claim.Transaction = _lastSequence.Transaction = _writeIdAt.Transaction = _insert.Transaction = transaction;
        return transaction;
    }

    public AppendOutcome Append(JournalAppend append)
    {
        var shard = Shards.Of(append.PersistenceId);
        var epoch = EpochOf(shard);
        if (append.Epoch != epoch) return AppendOutcome.Fenced(append, epoch);

        var last = Run(_lastSequence, append.PersistenceId) is long sequence ? sequence : 0;
        if (last != append.ExpectedSequence)
        {
            // An append that succeeded, whose answer was lost: the same write stands where this one wants to go.
            var isRepetition = Run(_writeIdAt, append.PersistenceId, append.ExpectedSequence + 1) is string written && written == append.WriteId.ToString();
            return isRepetition ? AppendOutcome.Appended : AppendOutcome.Conflict(append, last);
        }

        foreach (var entry in append.Entries)
        {
            Bind(
                _insert, append.PersistenceId, ++last, shard, append.Epoch, append.WriteId.ToString(),
                entry.Manifest, entry.Version, entry.At.ToString("O", CultureInfo.InvariantCulture), entry.Payload);
            _insert.ExecuteNonQuery();
        }

        return AppendOutcome.Appended;
    }

    public ClaimOutcome Claim(ShardClaim claim) => Replace(claim, ifSo: epoch => epoch < claim.Epoch);

    public ClaimOutcome Release(int shard, long epoch) => Replace(new ShardClaim(shard, epoch, Owner: null), ifSo: present => present == epoch);

    public void Dispose()
    {
        _epochOf.Dispose();
        _claim.Dispose();
        _lastSequence.Dispose();
        _writeIdAt.Dispose();
        _insert.Dispose();
    }

    private ClaimOutcome Replace(ShardClaim claim, Func<long, bool> ifSo)
    {
        var present = EpochOf(claim.Shard);
        if (!ifSo(present)) return new ClaimOutcome(ClaimResult.Refused, present);
        Bind(_claim, claim.Shard, claim.Epoch, (object?)claim.Owner ?? DBNull.Value);
        _claim.ExecuteNonQuery();
        return new ClaimOutcome(ClaimResult.Done, claim.Epoch);
    }

    private long EpochOf(int shard) => Run(_epochOf, shard) is long epoch ? epoch : 0;

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every text that comes here is a constant of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        return command;
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
    }

    private static object? Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        Bind(command, values);
        return command.ExecuteScalar();
    }
}
