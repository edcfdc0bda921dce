using Caphr.Actors.Journal;

namespace Caphr.Host.Metrics;

/// <summary>A journal whose appends and recoveries are counted and timed. It answers what the journal answers.</summary>
internal sealed class MeasuredJournal(IJournal journal, Measures measures, TimeProvider clock) : IJournal
{
    public async Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var outcome = await journal.AppendAsync(append, cancellation);
        measures.Appended(outcome.Result, clock.GetElapsedTime(begun));
        return outcome;
    }

    public async Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var read = await journal.ReadShardAsync(shard, cancellation);
        if (read.WhyUnavailable is null) measures.ShardRead(clock.GetElapsedTime(begun));
        return read;
    }

    public Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation) => journal.SaveSnapshotAsync(snapshot, epoch, cancellation);

    public Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation) => journal.ReadAsync(persistenceId, cancellation);

    public Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) => journal.ReadAllAsync(afterOffset, limit, cancellation);

    public Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) => journal.TrimAsync(before, limit, cancellation);
}
