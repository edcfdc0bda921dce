using System.Data;
using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Protocols;
using Npgsql;

namespace Caphr.Host.Journals;

/// <summary>
/// The tables of the PostgreSQL journal, by version, in a schema of their own. Versions are only ever added, and only so that replicas of the release
/// before, which are still at work while a new one migrates, can go on.
/// </summary>
internal static class PostgresSchema
{
    public const string Prefix = "caphr.";

    /// <summary>
    /// Everybody who appends, claims or saves a snapshot takes turns under this lock and keeps it until the commit. That gives all appends and claims one order, in
    /// which offsets rise; the decision about the journal in docs/adr tells why this is enough.
    /// </summary>
    private const long TurnLock = 0x43_41_50_48_52;

    // A group of appends is one call of one function, because then all of it has reached the server before the lock is taken: a process that is
    // stopped, or cut off, while it sends holds up nobody. `json` and not `jsonb`: what is read back is what was written.
    private static readonly string[] s_migrations =
    [
        $"""
        CREATE TABLE caphr.events (
          position       bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          persistence_id text    COLLATE "C" NOT NULL,
          sequence       bigint  NOT NULL,
          shard          integer NOT NULL,
          epoch          bigint  NOT NULL,
          write_id       uuid    NOT NULL,
          manifest       text    NOT NULL,
          version        integer NOT NULL,
          at             text    COLLATE "C" NOT NULL,
          payload        json    NOT NULL,
          UNIQUE (persistence_id, sequence)
        );
        CREATE INDEX events_by_shard ON caphr.events (shard);

        CREATE TABLE caphr.shards (
          shard integer PRIMARY KEY,
          epoch bigint  NOT NULL,
          owner text
        );
        INSERT INTO caphr.shards SELECT shard, 0, NULL FROM generate_series(0, {Shards.Count - 1}) AS shard;

        CREATE FUNCTION caphr.take_turn() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('synchronous_commit') = 'off' THEN
            PERFORM set_config('synchronous_commit', 'on', true);
          END IF;
          PERFORM pg_advisory_xact_lock({TurnLock});
        END $$;

        CREATE FUNCTION caphr.append(
          ids text[], shards integer[], expectations bigint[], epochs bigint[], writes uuid[],
          append_numbers integer[], entry_numbers integer[], manifests text[], versions integer[], times text[], payloads json[])
        RETURNS TABLE (is_appended boolean, present_epoch bigint, last_sequence bigint, present_write uuid)
        LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        BEGIN
          PERFORM caphr.take_turn();
          RETURN QUERY
          WITH asked AS (
            SELECT * FROM unnest(ids, shards, expectations, epochs, writes) WITH ORDINALITY AS asked (id, shard, expected, epoch, write, number)
          ), judged AS MATERIALIZED (
            SELECT asked.*, claim.epoch AS present_epoch, coalesce(last.sequence, 0) AS last_sequence,
                   asked.epoch = claim.epoch AND asked.expected = coalesce(last.sequence, 0) AS is_appended
            FROM asked
            JOIN caphr.shards AS claim USING (shard)
            LEFT JOIN LATERAL (SELECT sequence FROM caphr.events WHERE persistence_id = asked.id ORDER BY sequence DESC LIMIT 1) AS last ON true
          ), entered AS (
            INSERT INTO caphr.events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
            SELECT judged.id, judged.expected + entry.entry_number, judged.shard, judged.epoch, judged.write, entry.manifest, entry.version, entry.at, entry.payload
            FROM unnest(append_numbers, entry_numbers, manifests, versions, times, payloads)
              AS entry (append_number, entry_number, manifest, version, at, payload)
            JOIN judged ON judged.number = entry.append_number
            WHERE judged.is_appended
            ORDER BY entry.append_number, entry.entry_number
          )
          SELECT judged.is_appended, judged.present_epoch, judged.last_sequence,
                 CASE WHEN judged.expected < judged.last_sequence THEN
                   (SELECT write_id FROM caphr.events WHERE persistence_id = judged.id AND sequence = judged.expected + 1)
                 END
          FROM judged ORDER BY judged.number;
        END $$;
        """,
        """
        CREATE TABLE caphr.snapshots (
          persistence_id text    COLLATE "C" PRIMARY KEY,
          sequence       bigint  NOT NULL,
          shard          integer NOT NULL,
          epoch          bigint  NOT NULL,
          manifest       text    NOT NULL,
          version        integer NOT NULL,
          at             text    COLLATE "C" NOT NULL,
          payload        json    NOT NULL
        );
        CREATE INDEX snapshots_by_shard ON caphr.snapshots (shard);
        """,
        // Replicas tell each other which journal they work with, and a database has no other name that stays the same.
        "CREATE TABLE caphr.identity AS SELECT gen_random_uuid()::text AS id",
        // Takes the place of caphr.append, which replicas of the releases before still call: a group of which nothing is refused, as nearly every group,
        // costs one statement and one row of an answer. Only when something is missing is it asked what stands there instead.
        """
        CREATE FUNCTION caphr.append_group(
          ids text[], shards integer[], expectations bigint[], epochs bigint[], writes uuid[],
          sequences bigint[], manifests text[], versions integer[], times text[], payloads json[])
        RETURNS TABLE (is_whole boolean, present_epoch bigint, last_sequence bigint, present_write uuid)
        LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        DECLARE
          written bigint;
        BEGIN
          PERFORM caphr.take_turn();
          INSERT INTO caphr.events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
          SELECT asked.id, asked.sequence, asked.shard, asked.epoch, asked.write, asked.manifest, asked.version, asked.at, asked.payload
          FROM unnest(ids, shards, expectations, epochs, writes, sequences, manifests, versions, times, payloads) WITH ORDINALITY
            AS asked (id, shard, expected, epoch, write, sequence, manifest, version, at, payload, number)
          JOIN caphr.shards AS claim ON claim.shard = asked.shard AND claim.epoch = asked.epoch
          LEFT JOIN LATERAL (SELECT sequence FROM caphr.events WHERE persistence_id = asked.id ORDER BY sequence DESC LIMIT 1) AS last ON true
          WHERE asked.expected = coalesce(last.sequence, 0)
          ORDER BY asked.number;
          GET DIAGNOSTICS written = ROW_COUNT;
          IF written = cardinality(ids) THEN
            RETURN QUERY SELECT true, NULL::bigint, NULL::bigint, NULL::uuid;
            RETURN;
          END IF;
          RETURN QUERY
          SELECT false, claim.epoch, coalesce(last.sequence, 0), (SELECT write_id FROM caphr.events WHERE persistence_id = asked.id AND sequence = asked.sequence)
          FROM unnest(ids, shards, expectations, sequences) WITH ORDINALITY AS asked (id, shard, expected, sequence, number)
          JOIN caphr.shards AS claim USING (shard)
          LEFT JOIN LATERAL (SELECT sequence FROM caphr.events WHERE persistence_id = asked.id ORDER BY sequence DESC LIMIT 1) AS last ON true
          WHERE asked.sequence = asked.expected + 1
          ORDER BY asked.number;
        END $$;
        """,
        // What was used of each Robot account by all replicas together, by the minute.
        """
        CREATE TABLE caphr.robot_uses (
          account text   NOT NULL,
          quota   text   NOT NULL,
          minute  bigint NOT NULL,
          used    bigint NOT NULL,
          PRIMARY KEY (account, quota, minute)
        );
        CREATE TABLE caphr.robot_pauses (
          account text   NOT NULL,
          quota   text   NOT NULL,
          until   bigint NOT NULL,
          PRIMARY KEY (account, quota)
        );
        CREATE TABLE caphr.robot_logins (
          account text   NOT NULL,
          print   text   NOT NULL,
          verdict text   NOT NULL,
          until   bigint NOT NULL,
          PRIMARY KEY (account, print)
        );
        """,
    ];

    public static int CurrentVersion => s_migrations.Length;

    /// <summary>Brings the schema up to date in one transaction. Of several replicas that start at once one does it, and the others find it done.</summary>
    public static async Task<Outcome<Done, JournalFailure>> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await ScalarAsync(connection, "SELECT current_setting('fsync')", cancellation) is "off")
        {
            return new JournalFailure(JournalError.NotDurable, "PostgreSQL runs with fsync = off, so a power cut would take back what it has answered for. Switch fsync on.");
        }

        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        await ScalarAsync(connection, $"SELECT pg_advisory_xact_lock({TurnLock})", cancellation);
        var version = await VersionAsync(connection, cancellation);
        if (version > CurrentVersion)
        {
            return new JournalFailure(
                JournalError.NewerSchema,
                $"The journal has schema {version}, and this release knows schemas up to {CurrentVersion}: it was written by a later release.");
        }

        if (version == CurrentVersion) return new Done();
        foreach (var migration in s_migrations[version..]) await ScalarAsync(connection, migration, cancellation);
        await ScalarAsync(connection, $"DELETE FROM caphr.schema_version; INSERT INTO caphr.schema_version VALUES ({CurrentVersion})", cancellation);
        await transaction.CommitAsync(cancellation);
        return new Done();
    }

    public static async Task<string> IdentityAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        (string)(await ScalarAsync(connection, "SELECT id FROM caphr.identity", cancellation))!;

    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Asked first, because a role that may use a schema made for it may still not be allowed to make one.
        if (await ScalarAsync(connection, "SELECT to_regnamespace('caphr')::text", cancellation) is not string) await ScalarAsync(connection, "CREATE SCHEMA caphr", cancellation);
        if (await ScalarAsync(connection, "SELECT to_regclass('caphr.schema_version')::text", cancellation) is not string) await ScalarAsync(connection, "CREATE TABLE caphr.schema_version (version integer NOT NULL)", cancellation);
        return Convert.ToInt32(await ScalarAsync(connection, "SELECT version FROM caphr.schema_version", cancellation) ?? 0, CultureInfo.InvariantCulture);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = PostgresStatement.Prepare(connection, sql);
        return await command.ExecuteScalarAsync(cancellation);
    }
}
