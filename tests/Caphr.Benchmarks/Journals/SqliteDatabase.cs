using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Host.Journals;
using Microsoft.Data.Sqlite;

namespace Caphr.Benchmarks.Journals;

internal sealed class SqliteDatabase : IDatabase
{
    public string Name => "SQLite";

    public async Task<IPlace> CreateAsync()
    {
        var place = new Place(Directory.CreateTempSubdirectory("caphr-bench-"));
        // The journal makes its own tables; what is measured by hand uses the same.
        await (await place.OpenJournalAsync()).DisposeAsync();
        return place;
    }

    private sealed class Place(DirectoryInfo folder) : IPlace
    {
        private string File => Path.Combine(folder.FullName, "journal.db");

        public Task<JournalLease> OpenJournalAsync() => SqliteJournal.Open(File).TryGet(out var journal, out var failure)
            ? Task.FromResult(new JournalLease(journal, journal.DisposeAsync))
            : throw new InvalidOperationException(failure.Message);

        public Task<IHand> OpenByHandAsync() => Task.FromResult<IHand>(new Hand(File));

        public ValueTask DisposeAsync()
        {
            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    // SQLite only pretends to be asynchronous, which would be measured along.
    private sealed class Hand : IHand
    {
        private static readonly string s_writeId = Guid.Empty.ToString();

        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _insert;
        private readonly SqliteCommand _select;

        public Hand(string file)
        {
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
            _connection.Open();
            using var settings = _connection.CreateCommand();
            // The journal's own.
            settings.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536";
            settings.ExecuteNonQuery();

            _insert = _connection.CreateCommand();
            _insert.CommandText =
                """
                INSERT INTO events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
                VALUES ($id, $sequence, $shard, 0, $write, $manifest, $version, $at, $payload)
                """;
            string[] names = ["$id", "$sequence", "$shard", "$write", "$manifest", "$version", "$at", "$payload"];
            foreach (var name in names) _insert.Parameters.Add(new SqliteParameter { ParameterName = name });
            _select = _connection.CreateCommand();
            _select.CommandText = "SELECT position, persistence_id, sequence, manifest, version, at, payload FROM events ORDER BY persistence_id, sequence";
        }

        public Task InsertAsync(IReadOnlyList<Row> transaction)
        {
            Insert(transaction);
            return Task.CompletedTask;
        }

        public Task<int> SelectAsync() => Task.FromResult(CountRead());

        public async ValueTask DisposeAsync()
        {
            await _insert.DisposeAsync();
            await _select.DisposeAsync();
            await _connection.DisposeAsync();
        }

        private void Insert(IReadOnlyList<Row> transaction)
        {
            using var durable = _connection.BeginTransaction();
            _insert.Transaction = durable;
            foreach (var (id, sequence, entry) in transaction)
            {
                object[] values = [id, sequence, Shards.Of(id), s_writeId, entry.Manifest, entry.Version, entry.At.ToString("O", CultureInfo.InvariantCulture), entry.Payload];
                for (var i = 0; i < values.Length; i++) _insert.Parameters[i].Value = values[i];
                _insert.ExecuteNonQuery();
            }

            durable.Commit();
        }

        private int CountRead()
        {
            using var reader = _select.ExecuteReader();
            var count = 0;
            while (reader.Read())
            {
                _ = (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt32(4), reader.GetString(5), reader.GetString(6));
                count++;
            }

            return count;
        }
    }
}
