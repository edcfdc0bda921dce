using Caphr.Actors.Journal;

namespace Caphr.Benchmarks.Journals;

/// <summary>A database that holds a journal: one of these for each that CAPHR can keep its journal in.</summary>
internal interface IDatabase
{
    string Name { get; }

    /// <summary>A new place with the journal's empty tables, so that no round finds what an earlier one has left.</summary>
    Task<IPlace> CreateAsync();
}

/// <summary>The journal's own tables, by way of the journal and by hand. One at a time.</summary>
internal interface IPlace : IAsyncDisposable
{
    /// <summary>Opens the journal, which is closed with its lease.</summary>
    Task<JournalLease> OpenJournalAsync();

    /// <summary>Connects and makes the statements ready.</summary>
    Task<IHand> OpenByHandAsync();
}

/// <summary>What somebody would write who needs the rows and nothing else of what a journal promises.</summary>
internal interface IHand : IAsyncDisposable
{
    /// <summary>Writes the rows in one transaction, which is as durable as an append of the journal.</summary>
    Task InsertAsync(IReadOnlyList<Row> transaction);

    /// <summary>Reads every column of every row that a recovery needs, each actor's in order, and counts them.</summary>
    Task<int> SelectAsync();
}

internal sealed record Row(string PersistenceId, long Sequence, JournalEntry Entry);

internal sealed class JournalLease(IJournal journal, Func<ValueTask> close) : IAsyncDisposable
{
    public IJournal Journal => journal;

    public ValueTask DisposeAsync() => close();
}
