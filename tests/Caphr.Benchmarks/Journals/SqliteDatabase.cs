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

        public Task InsertAsync(IReadOnlyList<Row> rows, int batch)
        {
            Write(rows, batch);
            return Task.CompletedTask;
        }

        public Task<int> SelectAsync() => Task.FromResult(CountRead());

        public ValueTask DisposeAsync()
        {
            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }

        // SQLite only pretends to be asynchronous, which would be measured along.
        private void Write(IReadOnlyList<Row> rows, int batch)
        {
            using var connection = Connect();
            using var insert = connection.CreateCommand();
            insert.CommandText =
                """
                INSERT INTO events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
                VALUES ($id, $sequence, $shard, 0, $write, $manifest, $version, $at, $payload)
                """;
            string[] names = ["$id", "$sequence", "$shard", "$write", "$manifest", "$version", "$at", "$payload"];
            foreach (var name in names) insert.Parameters.Add(new SqliteParameter { ParameterName = name });
            var writeId = Guid.Empty.ToString();
            foreach (var some in rows.Chunk(batch))
            {
                using var transaction = connection.BeginTransaction();
                insert.Transaction = transaction;
                foreach (var (id, sequence, entry) in some)
                {
                    object[] values = [id, sequence, Shards.Of(id), writeId, entry.Manifest, entry.Version, entry.At.ToString("O", CultureInfo.InvariantCulture), entry.Payload];
                    for (var i = 0; i < values.Length; i++) insert.Parameters[i].Value = values[i];
                    insert.ExecuteNonQuery();
                }

                transaction.Commit();
            }
        }

        private int CountRead()
        {
            using var connection = Connect();
            using var select = connection.CreateCommand();
            select.CommandText = "SELECT position, persistence_id, sequence, manifest, version, at, payload FROM events ORDER BY persistence_id, sequence";
            using var reader = select.ExecuteReader();
            var count = 0;
            while (reader.Read())
            {
                _ = (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt32(4), reader.GetString(5), reader.GetString(6));
                count++;
            }

            return count;
        }

        private SqliteConnection Connect()
        {
            var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ToString());
            connection.Open();
            using var durable = connection.CreateCommand();
            durable.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
            durable.ExecuteNonQuery();
            return connection;
        }
    }
}
