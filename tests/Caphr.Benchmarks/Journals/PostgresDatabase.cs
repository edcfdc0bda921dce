using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Host.Journals;
using Caphr.Host.Tests.Journals;
using Npgsql;
using NpgsqlTypes;

namespace Caphr.Benchmarks.Journals;

/// <summary>One server for all contests, as durable as a server is that nobody has set up otherwise, and a database for each place.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    private readonly PostgresServer _server;

    private PostgresDatabase(PostgresServer server) => _server = server;

    public string Name => "PostgreSQL";

    public static async Task<PostgresDatabase> StartAsync() => new(await PostgresServer.StartAsync());

    public async Task<IPlace> CreateAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(await _server.CreateDatabaseAsync()) { Pooling = true };
        var place = new Place(_server, database);
        await (await place.OpenJournalAsync()).DisposeAsync();
        return place;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Place(PostgresServer server, NpgsqlConnectionStringBuilder database) : IPlace
    {
        public async Task<JournalLease> OpenJournalAsync() => (await PostgresJournal.OpenAsync(database.ConnectionString, CancellationToken.None)).TryGet(out var journal, out var failure)
            ? new JournalLease(journal, journal.DisposeAsync)
            : throw new InvalidOperationException(failure.Message);

        public async Task<IHand> OpenByHandAsync() => await Hand.OpenAsync(database.ConnectionString);

        public async ValueTask DisposeAsync() =>
            await PostgresServer.ExecuteAsync(server.ConnectionString("postgres"), $"DROP DATABASE {database.Database} WITH (FORCE)");
    }

    /// <summary>One statement that is its own transaction, so that a transaction takes one message each way.</summary>
    private sealed class Hand(NpgsqlDataSource source, NpgsqlConnection connection) : IHand
    {
        private readonly NpgsqlParameter<string[]> _ids = Array<string>(NpgsqlDbType.Text);
        private readonly NpgsqlParameter<long[]> _sequences = Array<long>(NpgsqlDbType.Bigint);
        private readonly NpgsqlParameter<int[]> _shards = Array<int>(NpgsqlDbType.Integer);
        private readonly NpgsqlParameter<string[]> _manifests = Array<string>(NpgsqlDbType.Text);
        private readonly NpgsqlParameter<int[]> _versions = Array<int>(NpgsqlDbType.Integer);
        private readonly NpgsqlParameter<string[]> _times = Array<string>(NpgsqlDbType.Text);
        private readonly NpgsqlParameter<string[]> _payloads = Array<string>(NpgsqlDbType.Json);

        private readonly NpgsqlCommand _insert = new(
            """
            INSERT INTO caphr.events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
            SELECT id, sequence, shard, 0, '00000000-0000-0000-0000-000000000000', manifest, version, at, payload
            FROM unnest($1, $2, $3, $4, $5, $6, $7) AS one (id, sequence, shard, manifest, version, at, payload)
            """,
            connection);

        private readonly NpgsqlCommand _select = new(
            "SELECT position, persistence_id, sequence, manifest, version, at, payload FROM caphr.events ORDER BY persistence_id, sequence", connection);

        public static async Task<IHand> OpenAsync(string database)
        {
            var source = NpgsqlDataSource.Create(database);
            var hand = new Hand(source, await source.OpenConnectionAsync());
            hand._insert.Parameters.AddRange((NpgsqlParameter[])[hand._ids, hand._sequences, hand._shards, hand._manifests, hand._versions, hand._times, hand._payloads]);
            await hand._insert.PrepareAsync();
            await hand._select.PrepareAsync();
            return hand;
        }

        public async Task InsertAsync(IReadOnlyList<Row> transaction)
        {
            _ids.TypedValue = [.. transaction.Select(row => row.PersistenceId)];
            _sequences.TypedValue = [.. transaction.Select(row => row.Sequence)];
            _shards.TypedValue = [.. transaction.Select(row => Shards.Of(row.PersistenceId))];
            _manifests.TypedValue = [.. transaction.Select(row => row.Entry.Manifest)];
            _versions.TypedValue = [.. transaction.Select(row => row.Entry.Version)];
            _times.TypedValue = [.. transaction.Select(row => row.Entry.At.ToString("O", CultureInfo.InvariantCulture))];
            _payloads.TypedValue = [.. transaction.Select(row => row.Entry.Payload)];
            await _insert.ExecuteNonQueryAsync();
        }

        public async Task<int> SelectAsync()
        {
            await using var reader = await _select.ExecuteReaderAsync();
            var count = 0;
            while (await reader.ReadAsync())
            {
                _ = (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt32(4), reader.GetString(5), reader.GetString(6));
                count++;
            }

            return count;
        }

        public async ValueTask DisposeAsync()
        {
            await _insert.DisposeAsync();
            await _select.DisposeAsync();
            await connection.DisposeAsync();
            await source.DisposeAsync();
        }

        private static NpgsqlParameter<T[]> Array<T>(NpgsqlDbType type) => new() { NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
