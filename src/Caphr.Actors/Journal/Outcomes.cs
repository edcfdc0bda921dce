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

public enum SnapshotResult
{
    /// <summary>Recovery begins at this snapshot, or at a later one.</summary>
    Saved,

    /// <summary>The shard has another epoch, or the journal does not hold the events that are said to be in the snapshot.</summary>
    Refused,
    Unavailable,
}

/// <param name="Detail">One sentence for a person; empty after a success.</param>
public sealed record SnapshotOutcome(SnapshotResult Result, string Detail = "")
{
    public static SnapshotOutcome Saved { get; } = new(SnapshotResult.Saved);

    public static SnapshotOutcome Unavailable(string detail) => new(SnapshotResult.Unavailable, detail);

    /// <summary>What a snapshot comes to, given the epoch its shard is in and the last sequence its actor has.</summary>
    public static SnapshotOutcome Judge(JournalSnapshot snapshot, long epoch, long presentEpoch, long lastSequence)
    {
        if (epoch != presentEpoch) return new(SnapshotResult.Refused, $"Shard {Shards.Of(snapshot.PersistenceId)} is in epoch {presentEpoch}, and the snapshot came under epoch {epoch}.");
        return snapshot.Sequence <= lastSequence ? Saved : new(SnapshotResult.Refused, $"{snapshot.PersistenceId} stands at {lastSequence}, and the snapshot at {snapshot.Sequence}.");
    }
}

/// <summary>What was asked for, or the reason why the journal cannot give it just now.</summary>
public sealed record ReadOutcome<T>
    where T : notnull
{
    private readonly T? _value;

    private ReadOutcome(T? value, string? why) => (_value, WhyUnavailable) = (value, why);

    public string? WhyUnavailable { get; }

    public T Value => WhyUnavailable is null ? _value! : throw new InvalidOperationException($"Nothing was read: {WhyUnavailable}");

    public static ReadOutcome<T> Of(T value) => new(value, why: null);

    public static ReadOutcome<T> Unavailable(string detail) => new(default, detail);
}
