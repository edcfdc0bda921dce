using Caphr.Actors.Journal;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Host.Metrics;
using Caphr.Host.Tests.Control;

namespace Caphr.Host.Tests.Metrics;

public sealed class MeasuredJournalTests : IDisposable, IJournal
{
    private static readonly ServerNumber s_number = new(4711);

    private readonly VirtualClock _clock = new(Objects.Now);
    private readonly MeasuredHost _host = new();
    private readonly InMemoryJournal _journal = new();
    private readonly MeasuredJournal _measured;
    private string? _whyUnavailable;

    public MeasuredJournalTests()
    {
        _measured = new MeasuredJournal(this, _host.Measures, _clock);
        _host.Measures.BeginAtZero();
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task An_append_is_timed_until_it_is_durable_and_one_that_was_not_is_only_counted()
    {
        Assert.Equal(AppendResult.Appended, (await AppendAsync(expected: 0)).Result);
        Assert.Equal(AppendResult.Conflict, (await AppendAsync(expected: 0)).Result);
        Assert.Equal(AppendResult.Fenced, (await AppendAsync(expected: 1, epoch: 3)).Result);
        _whyUnavailable = "The disk is full.";
        Assert.Equal("The disk is full.", (await AppendAsync(expected: 1)).Detail);
        Assert.Equal("The disk is full.", (await AppendAsync(expected: 1)).Detail);

        Assert.Equal(
            ["caphr_journal_appends_total{outcome=\"appended\"} 1", "caphr_journal_appends_total{outcome=\"conflict\"} 1", "caphr_journal_appends_total{outcome=\"fenced\"} 1", "caphr_journal_appends_total{outcome=\"unavailable\"} 2"],
            _host.Samples("caphr_journal_appends_total"));
        Assert.Equal(["caphr_journal_append_duration_seconds_sum 0.03"], _host.Samples("caphr_journal_append_duration_seconds_sum"));
        Assert.Equal(["caphr_journal_append_duration_seconds_count 1"], _host.Samples("caphr_journal_append_duration_seconds_count"));
    }

    [Fact]
    public async Task A_shard_that_is_taken_up_is_timed_once_it_can_be_read()
    {
        await AppendAsync(expected: 0);
        _whyUnavailable = "The disk is full.";
        Assert.NotNull((await _measured.ReadShardAsync(ServerRegion.ShardOf(s_number), CancellationToken.None)).WhyUnavailable);
        Assert.Empty(_host.Samples("caphr_journal_recovery_duration_seconds_count"));

        _whyUnavailable = null;
        Assert.Equal(ServerActor.IdOf(s_number), Assert.Single((await _measured.ReadShardAsync(ServerRegion.ShardOf(s_number), CancellationToken.None)).Value).PersistenceId);
        Assert.Equal(["caphr_journal_recovery_duration_seconds_count 1"], _host.Samples("caphr_journal_recovery_duration_seconds_count"));
    }

    [Fact]
    public async Task What_is_not_measured_is_the_journals_own_answer()
    {
        await AppendAsync(expected: 0);
        Assert.Single((await _measured.ReadAsync(ServerActor.IdOf(s_number), CancellationToken.None)).Value.Events);
        Assert.Single((await _measured.ReadAllAsync(0, 10, CancellationToken.None)).Value);
        Assert.Equal(0, (await _measured.TrimAsync(Objects.Now, 10, CancellationToken.None)).Value);
        var snapshot = new JournalSnapshot(ServerActor.IdOf(s_number), Sequence: 9, ServerEvents.Codec.Encode(new ServerEvent.WorkPaused(Objects.Now), Objects.Now));
        Assert.Equal(SnapshotResult.Refused, (await _measured.SaveSnapshotAsync(snapshot, epoch: 0, CancellationToken.None)).Result);
    }

    async Task<AppendOutcome> IJournal.AppendAsync(JournalAppend append, CancellationToken cancellation)
    {
        _clock.MoveToNext(_clock.Elapsed + TimeSpan.FromMilliseconds(30));
        return _whyUnavailable is { } why ? AppendOutcome.Unavailable(why) : await _journal.AppendAsync(append, cancellation);
    }

    async Task<ReadOutcome<IReadOnlyList<ActorHistory>>> IJournal.ReadShardAsync(int shard, CancellationToken cancellation) =>
        _whyUnavailable is { } why ? ReadOutcome<IReadOnlyList<ActorHistory>>.Unavailable(why) : await _journal.ReadShardAsync(shard, cancellation);

    Task<SnapshotOutcome> IJournal.SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation) => _journal.SaveSnapshotAsync(snapshot, epoch, cancellation);

    Task<ReadOutcome<ActorHistory>> IJournal.ReadAsync(string persistenceId, CancellationToken cancellation) => _journal.ReadAsync(persistenceId, cancellation);

    Task<ReadOutcome<IReadOnlyList<JournalRecord>>> IJournal.ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) => _journal.ReadAllAsync(afterOffset, limit, cancellation);

    Task<ReadOutcome<int>> IJournal.TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) => _journal.TrimAsync(before, limit, cancellation);

    private Task<AppendOutcome> AppendAsync(long expected, long epoch = 0)
    {
        var write = new Guid((int)expected, (short)_clock.Elapsed.TotalMilliseconds, 0, new byte[8]);
        return _measured.AppendAsync(new JournalAppend(ServerActor.IdOf(s_number), expected, epoch, write, [ServerEvents.Codec.Encode(new ServerEvent.WorkPaused(Objects.Now), Objects.Now)]), CancellationToken.None);
    }
}
