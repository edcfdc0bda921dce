using Caphr.Protocols;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Caphr.Host.Journals;

/// <summary>The files of a SQLite journal, and what SQLite's refusals mean for the person who has to do something about them.</summary>
internal static class SqliteFiles
{
    private const int BusyTimeoutSeconds = 5;

    /// <summary>
    /// A journal has one writer. SQLite's own locks would let two processes take turns, each of them trusting what it remembers; a lock on a file of
    /// our own keeps the second one out for as long as the first one lives, and still lets a person look into the journal with other tools.
    /// </summary>
    public static Outcome<FileStream, JournalFailure> TryLock(string path)
    {
        var lockPath = path + ".lock";
        try
        {
            return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            return NotWritable(path);
        }
        catch (DirectoryNotFoundException)
        {
            return NotWritable(path);
        }
        catch (IOException) when (File.Exists(lockPath))
        {
            return new JournalFailure(JournalError.InUse, $"The journal {path} is open in another process.");
        }
        catch (IOException)
        {
            // A read-only volume refuses with an exception of no more specific type.
            return NotWritable(path);
        }
    }

    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusyTimeoutSeconds,
        }.ConnectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            // The events of a shard lie scattered over the file, so reading one shard after the other comes to the same pages again and again: they are kept,
            // up to 64 MiB of them.
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;";
            command.ExecuteNonQuery();
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    public static JournalFailure Explain(SqliteException refusal, string path) => refusal.SqliteErrorCode switch
    {
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => NotWritable(path),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new JournalFailure(JournalError.InUse, $"The journal {path} is open in another process."),
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new JournalFailure(JournalError.NotAJournal, $"{path} is not a journal, or is damaged."),
        _ => new JournalFailure(JournalError.StorageTrouble, $"The journal {path} cannot be opened: {Describe(refusal)}"),
    };

    /// <summary>SQLite's own words for the code, and not the message of the exception: that one may quote values of a statement.</summary>
    public static string Describe(SqliteException trouble) => $"SQLite reports '{raw.sqlite3_errstr(trouble.SqliteErrorCode).utf8_to_string()}' ({trouble.SqliteExtendedErrorCode}).";

    private static JournalFailure NotWritable(string path) =>
        new(JournalError.NotWritable, $"The journal {path} cannot be written: check that its directory exists and is writable for this user.");
}
