using System.Globalization;
using Caphr.Protocols;
using Microsoft.Data.Sqlite;

namespace Caphr.Host.Journals;

/// <summary>The tables of the SQLite journal, by version. Versions are only ever added: every journal that was ever written has to open.</summary>
internal static class SqliteSchema
{
    // Events are kept as readable text: `sqlite3 journal.db 'select * from events'` is a tool of last resort that needs no program of ours.
    private static readonly string[] s_migrations =
    [
        """
        CREATE TABLE events (
          position       INTEGER PRIMARY KEY AUTOINCREMENT,
          persistence_id TEXT    NOT NULL,
          sequence       INTEGER NOT NULL,
          shard          INTEGER NOT NULL,
          epoch          INTEGER NOT NULL,
          write_id       TEXT    NOT NULL,
          manifest       TEXT    NOT NULL,
          version        INTEGER NOT NULL,
          at             TEXT    NOT NULL,
          payload        TEXT    NOT NULL,
          UNIQUE (persistence_id, sequence)
        ) STRICT;
        CREATE INDEX events_by_shard ON events (shard);
        CREATE TABLE shards (
          shard INTEGER PRIMARY KEY,
          epoch INTEGER NOT NULL
        ) STRICT;
        """,
        "ALTER TABLE shards ADD COLUMN owner TEXT",
        """
        CREATE TABLE snapshots (
          persistence_id TEXT    PRIMARY KEY,
          sequence       INTEGER NOT NULL,
          shard          INTEGER NOT NULL,
          epoch          INTEGER NOT NULL,
          manifest       TEXT    NOT NULL,
          version        INTEGER NOT NULL,
          at             TEXT    NOT NULL,
          payload        TEXT    NOT NULL
        ) STRICT;
        CREATE INDEX snapshots_by_shard ON snapshots (shard);
        """,
        // Replicas tell each other which journal they work with, and a file has no other name that stays the same.
        """
        CREATE TABLE identity (id TEXT NOT NULL) STRICT;
        INSERT INTO identity VALUES (lower(hex(randomblob(16))));
        """,
        // What was used of each Robot account, by the minute; a restart must not take it for unused.
        """
        CREATE TABLE robot_uses (
          account TEXT    NOT NULL,
          quota   TEXT    NOT NULL,
          minute  INTEGER NOT NULL,
          used    INTEGER NOT NULL,
          PRIMARY KEY (account, quota, minute)
        ) STRICT;
        CREATE TABLE robot_pauses (
          account TEXT    NOT NULL,
          quota   TEXT    NOT NULL,
          until   INTEGER NOT NULL,
          PRIMARY KEY (account, quota)
        ) STRICT;
        CREATE TABLE robot_logins (
          account TEXT    NOT NULL,
          print   TEXT    NOT NULL,
          verdict TEXT    NOT NULL,
          until   INTEGER NOT NULL,
          PRIMARY KEY (account, print)
        ) STRICT;
        """,
    ];

    public static int CurrentVersion => s_migrations.Length;

    /// <summary>Brings the schema up to date in one transaction.</summary>
    public static Outcome<Done, JournalFailure> Migrate(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction();
        var version = Version(connection, transaction);
        if (version > CurrentVersion)
        {
            return new JournalFailure(
                JournalError.NewerSchema,
                $"The journal {path} has schema {version}, and this release knows schemas up to {CurrentVersion}: it was written by a later release.");
        }

        for (var next = version; next < CurrentVersion; next++) Execute(connection, transaction, s_migrations[next]);
        Execute(connection, transaction, string.Create(CultureInfo.InvariantCulture, $"DELETE FROM schema_version; INSERT INTO schema_version VALUES ({CurrentVersion})"));
        transaction.Commit();
        return new Done();
    }

    public static string Identity(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM identity";
        return (string)command.ExecuteScalar()!;
    }

    private static int Version(SqliteConnection connection, SqliteTransaction transaction)
    {
        Execute(connection, transaction, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT");
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT version FROM schema_version";
        return Convert.ToInt32(command.ExecuteScalar() ?? 0, CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        // Every text that comes here is a constant of this file.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
