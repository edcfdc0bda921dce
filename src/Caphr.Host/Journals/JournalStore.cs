using Caphr.Actors.Journal;
using Caphr.Protocols;

namespace Caphr.Host.Journals;

/// <summary>The journal that the options name, opened.</summary>
/// <param name="Id">The journal's own name, by which replicas see whether they share it.</param>
/// <param name="IsExclusive">No other process can have it open.</param>
internal sealed record JournalStore(IJournal Events, IShardClaims Claims, string Id, bool IsExclusive, string Place, IAsyncDisposable Owned) : IAsyncDisposable
{
    public static Outcome<JournalStore, JournalFailure> Open(HostOptions options)
    {
        if (NoFolder(options.DataDirectory) is { } noFolder) return noFolder;
        var path = Path.Combine(options.DataDirectory, "journal.db");
        return SqliteJournal.Open(path).TryGet(out var sqlite, out var failure) ? new JournalStore(sqlite, sqlite, sqlite.Id, IsExclusive: true, path, sqlite) : failure;
    }

    public ValueTask DisposeAsync() => Owned.DisposeAsync();

    private static JournalFailure? NoFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new JournalFailure(JournalError.NotWritable, $"The folder for the journal cannot be made: {refused.Message} Choose another one with --data-dir.");
        }
    }
}
