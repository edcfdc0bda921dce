using Caphr.Protocols;

namespace Caphr.Host.Journals;

/// <summary>Why a journal could not be opened.</summary>
public enum JournalError
{
    /// <summary>The directory or the file cannot be written: it does not exist, belongs to somebody else, or its volume is read-only.</summary>
    NotWritable,

    /// <summary>Another process has the journal open.</summary>
    InUse,

    /// <summary>The journal was written by a later release.</summary>
    NewerSchema,

    /// <summary>The file is no journal, or is damaged.</summary>
    NotAJournal,

    /// <summary>The disk is full or answers with errors.</summary>
    StorageTrouble,

    /// <summary>What should say where the database is does not say it.</summary>
    UnclearAddress,

    /// <summary>The database does not answer just now, or takes no writes: a network, a restart, a fail-over.</summary>
    Unreachable,

    /// <summary>The database is there and does not let us do our work: a password, a missing database, a missing right.</summary>
    AccessDenied,

    /// <summary>The database does not write through to its disk, so a power cut would take back what was answered for.</summary>
    NotDurable,
}

public sealed record JournalFailure(JournalError Error, string Message)
{
    public RetryClass Retry => Error switch
    {
        JournalError.NotWritable => RetryClass.NeedsHuman,
        JournalError.InUse => RetryClass.WithBackoff,
        JournalError.NewerSchema => RetryClass.NeedsHuman,
        JournalError.NotAJournal => RetryClass.NeedsHuman,
        JournalError.StorageTrouble => RetryClass.WithBackoff,
        JournalError.UnclearAddress => RetryClass.NeedsHuman,
        JournalError.Unreachable => RetryClass.WithBackoff,
        JournalError.AccessDenied => RetryClass.NeedsHuman,
        JournalError.NotDurable => RetryClass.NeedsHuman,
    };
}
