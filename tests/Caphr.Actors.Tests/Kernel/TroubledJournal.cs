using Caphr.Actors.Journal;

namespace Caphr.Actors.Tests.Kernel;

/// <summary>A journal on bad days: unreachable, or losing its answers after the write.</summary>
internal sealed class TroubledJournal(IJournal inner) : IJournal
{
    public bool IsDown { get; set; }

    /// <summary>Everything but snapshots works.</summary>
    public bool RefusesSnapshots { get; set; }

    /// <summary>How many of the next appends are carried out and then answered as if the connection had been cut.</summary>
    public int AnswersToLose { get; set; }

    /// <summary>What happens in the world between an append's arrival and its handling.</summary>
    public Action? BeforeAppend { get; set; }

    /// <summary>When set, appends wait for it.</summary>
    public Task? Gate { get; set; }

    /// <summary>When set, snapshots wait for it.</summary>
    public Task? SnapshotGate { get; set; }

    public int Appends { get; private set; }

    public int Snapshots { get; private set; }

    public async Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation)
    {
        Appends++;
        if (Gate is not null) await Gate;
        BeforeAppend?.Invoke();
        if (IsDown) return AppendOutcome.Unavailable("The journal is down.");
        var outcome = await inner.AppendAsync(append, cancellation);
        if (AnswersToLose == 0) return outcome;
        AnswersToLose--;
        return AppendOutcome.Unavailable("The connection was cut.");
    }

    public int ReadsOfOne { get; private set; }

    public async Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation)
    {
        Snapshots++;
        if (SnapshotGate is not null) await SnapshotGate;
        return IsDown || RefusesSnapshots ? SnapshotOutcome.Unavailable("The journal is down.") : await inner.SaveSnapshotAsync(snapshot, epoch, cancellation);
    }

    public async Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation)
    {
        ReadsOfOne++;
        return IsDown ? ReadOutcome<ActorHistory>.Unavailable("The journal is down.") : await inner.ReadAsync(persistenceId, cancellation);
    }

    public async Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation) =>
        IsDown ? ReadOutcome<IReadOnlyList<ActorHistory>>.Unavailable("The journal is down.") : await inner.ReadShardAsync(shard, cancellation);

    public Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) => inner.ReadAllAsync(afterOffset, limit, cancellation);

    public Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) => inner.TrimAsync(before, limit, cancellation);
}
