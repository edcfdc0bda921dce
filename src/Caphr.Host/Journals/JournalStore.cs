using Caphr.Actors.Journal;
using Caphr.Host.Robot;
using Caphr.Protocols;

namespace Caphr.Host.Journals;

/// <summary>The journal that the options name, opened.</summary>
/// <param name="Id">The journal's own name, by which replicas see whether they share it.</param>
/// <param name="IsExclusive">No other process can have it open.</param>
/// <param name="Place">Where it is, for people.</param>
internal sealed record JournalStore(IJournal Events, IShardClaims Claims, IRobotLedger Ledger, string Id, bool IsExclusive, string Place, IAsyncDisposable Owned) : IAsyncDisposable
{
    public static async Task<Outcome<JournalStore, JournalFailure>> OpenAsync(HostOptions options, CancellationToken cancellation) =>
        options.PostgresFile is { } file ? await OpenPostgresFileAsync(file, cancellation)
        : options.Postgres is { } postgres ? await OpenPostgresAsync(postgres.Reveal(), cancellation)
        : OpenSqlite(options.DataDirectory);

    public ValueTask DisposeAsync() => Owned.DisposeAsync();

    private static async Task<Outcome<JournalStore, JournalFailure>> OpenPostgresFileAsync(string file, CancellationToken cancellation)
    {
        string connectionString;
        try
        {
            connectionString = await File.ReadAllTextAsync(file, cancellation);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new JournalFailure(JournalError.UnclearAddress, $"The connection string of the PostgreSQL journal cannot be read: {refused.Message} Correct --postgres-file.");
        }

        return await OpenPostgresAsync(connectionString, cancellation);
    }

    private static async Task<Outcome<JournalStore, JournalFailure>> OpenPostgresAsync(string connectionString, CancellationToken cancellation)
    {
        var opened = await PostgresJournal.OpenAsync(connectionString.Trim(), cancellation);
        return opened.TryGet(out var postgres, out var failure) ? new JournalStore(postgres, postgres, postgres.RobotLedger, postgres.Id, IsExclusive: false, "PostgreSQL", postgres) : failure;
    }

    private static Outcome<JournalStore, JournalFailure> OpenSqlite(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new JournalFailure(JournalError.NotWritable, $"The folder for the journal cannot be made: {refused.Message} Choose another one with --data-dir.");
        }

        var path = Path.Combine(folder, "journal.db");
        return SqliteJournal.Open(path).TryGet(out var sqlite, out var failure) ? new JournalStore(sqlite, sqlite, sqlite.RobotLedger, sqlite.Id, IsExclusive: true, path, sqlite) : failure;
    }
}
