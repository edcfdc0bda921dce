namespace Caphr.Actors.Journal;

public enum AppendResult
{
    /// <summary>All entries are durable.</summary>
    Appended,

    /// <summary>The actor's last sequence is not the expected one: somebody else has appended. Recover before anything else.</summary>
    Conflict,

    /// <summary>The shard has another epoch: the claim under which the actor works is no longer in force. Stop.</summary>
    Fenced,

    /// <summary>No answer, or no room. The entries may or may not have been written; the same append can be repeated.</summary>
    Unavailable,
}

/// <param name="Detail">One sentence for a person; empty after a success.</param>
public sealed record AppendOutcome(AppendResult Result, string Detail = "")
{
    public static AppendOutcome Appended { get; } = new(AppendResult.Appended);

    public static AppendOutcome Conflict(JournalAppend append, long lastSequence) =>
        new(AppendResult.Conflict, $"{append.PersistenceId} stands at {lastSequence}, not at {append.ExpectedSequence}.");

    public static AppendOutcome Fenced(JournalAppend append, long epoch) =>
        new(AppendResult.Fenced, $"Shard {Shards.Of(append.PersistenceId)} is in epoch {epoch}, and the append came under epoch {append.Epoch}.");

    public static AppendOutcome Unavailable(string detail) => new(AppendResult.Unavailable, detail);
}

/// <summary>The records asked for, or the reason why the journal cannot be read just now.</summary>
public sealed record ReadOutcome
{
    private ReadOutcome(IReadOnlyList<JournalRecord> records, string? unavailable) => (Records, WhyUnavailable) = (records, unavailable);

    public IReadOnlyList<JournalRecord> Records { get; }

    public string? WhyUnavailable { get; }

    public static ReadOutcome Of(IReadOnlyList<JournalRecord> records) => new(records, unavailable: null);

    public static ReadOutcome Unavailable(string detail) => new([], detail);
}
