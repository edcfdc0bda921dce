using System.Globalization;
using Caphr.Actors.Journal;
using FsCheck.Fluent;

namespace Caphr.Actors.Tests.Journal;

/// <summary>What every journal has to do. A provider proves itself by inheriting this suite.</summary>
public abstract class JournalConformance : IAsyncLifetime
{
    private static readonly CancellationToken s_never = CancellationToken.None;
    private static readonly DateTimeOffset s_at = new(2030, 1, 1, 12, 34, 56, 789, TimeSpan.Zero);

    private int _writes;
    private IJournal? _journal;

    /// <summary>Kept in the same database by the same provider.</summary>
    protected IShardClaims Claims => (IShardClaims)Journal;

    protected IJournal Journal => _journal ?? throw new InvalidOperationException("The journal is not open yet.");

    /// <summary>An empty journal.</summary>
    protected abstract Task<IJournal> OpenAsync();

    /// <summary>The same journal as another process would have it; the same object where a journal is one process's alone.</summary>
    protected virtual Task<IJournal> OpenAnotherAsync() => Task.FromResult(Journal);

    protected abstract Task CloseAsync();

    public async Task InitializeAsync() => _journal = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task What_was_appended_is_read_back_unchanged_and_in_order()
    {
        var entries = new[] { Entry("""{"a":1}"""), Entry("""{"text":"Grüße, \"quoted\" 🚀"}"""), new JournalEntry("other", 7, "{}", s_at.AddTicks(1)) };

        Assert.Equal(AppendOutcome.Appended, await AppendAsync("actor", 0, entries[..2]));
        Assert.Equal(AppendOutcome.Appended, await AppendAsync("actor", 2, entries[2..]));

        var history = await HistoryAsync("actor");
        Assert.Equal(entries, history.Events.Select(record => record.Entry));
        Assert.Equal([1, 2, 3], history.Events.Select(record => record.Sequence));
        Assert.All(history.Events, record => Assert.Equal("actor", record.PersistenceId));
    }

    [Fact]
    public async Task An_actor_that_never_appended_has_an_empty_history()
    {
        await AppendAsync("other", 0, Entry());

        var history = await HistoryAsync("actor");

        Assert.Equal(("actor", null, 0L), (history.PersistenceId, history.Snapshot, history.LastSequence));
        Assert.Empty(history.Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_append_at_another_sequence_than_the_last_is_a_conflict_and_writes_nothing(int expected)
    {
        await AppendAsync("actor", 0, Entry(), Entry());

        var outcome = await AppendAsync("actor", expected, Entry(), Entry());

        Assert.Equal(AppendResult.Conflict, outcome.Result);
        Assert.Contains("actor", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(2, (await HistoryAsync("actor")).Events.Count);
    }

    [Fact]
    public async Task Of_many_appends_at_the_same_sequence_exactly_one_succeeds()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => AppendAsync("actor", 0, Entry(), Entry()))));

        Assert.Single(outcomes, outcome => outcome.Result is AppendResult.Appended);
        Assert.Equal(19, outcomes.Count(outcome => outcome.Result is AppendResult.Conflict));
        Assert.Equal([1, 2], (await HistoryAsync("actor")).Events.Select(record => record.Sequence));
    }

    [Fact]
    public async Task An_append_repeated_under_its_write_id_succeeds_and_writes_nothing()
    {
        var append = new JournalAppend("actor", 0, Epoch: 0, NextWriteId(), [Entry(), Entry()]);
        await Journal.AppendAsync(append, s_never);
        await AppendAsync("actor", 2, Entry());

        var repeated = await Journal.AppendAsync(append, s_never);

        Assert.Equal(AppendResult.Appended, repeated.Result);
        Assert.Equal(3, (await HistoryAsync("actor")).Events.Count);
    }

    [Fact]
    public async Task Actors_that_append_at_the_same_time_do_not_disturb_each_other()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(actor => Task.Run(async () =>
        {
            var results = new List<AppendResult>();
            for (var i = 0; i < 5; i++) results.Add((await AppendAsync($"actor-{actor}", i, Entry())).Result);
            return results;
        })));

        Assert.All(outcomes.SelectMany(results => results), result => Assert.Equal(AppendResult.Appended, result));
        var all = (await Journal.ReadAllAsync(afterOffset: 0, limit: 1000, s_never)).Value;
        Assert.Equal(250, all.Count);
        Assert.All(all.GroupBy(record => record.PersistenceId), actor => Assert.Equal([1, 2, 3, 4, 5], actor.Select(record => record.Sequence)));
    }

    [Fact]
    public async Task A_shard_is_read_whole_and_without_the_others()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"server-{i}").ToArray();
        foreach (var name in names) await AppendAsync(name, 0, Entry(), Entry());
        var shard = Shards.Of("server-7");

        var read = (await Journal.ReadShardAsync(shard, s_never)).Value;

        var members = names.Where(name => Shards.Of(name) == shard).ToArray();
        Assert.Contains("server-7", members);
        Assert.Equal(members.Order(StringComparer.Ordinal), read.Select(history => history.PersistenceId));
        Assert.All(read, history => Assert.Equal([1, 2], history.Events.Select(record => record.Sequence)));
        Assert.All(read, history => Assert.All(history.Events, record => Assert.Equal(history.PersistenceId, record.PersistenceId)));
    }

    [Fact]
    public async Task All_events_are_read_page_by_page_from_an_offset()
    {
        for (var i = 0; i < 5; i++) await AppendAsync($"actor-{i}", 0, Entry(), Entry());

        var read = new List<JournalRecord>();
        while ((await Journal.ReadAllAsync(read.Count == 0 ? 0 : read[^1].Offset, limit: 3, s_never)).Value is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 3);
            read.AddRange(page);
        }

        Assert.Equal(10, read.Count);
        Assert.Equal(read.Select(record => record.Offset).Distinct().Order(), read.Select(record => record.Offset));
        Assert.Equal(["actor-0", "actor-0", "actor-1", "actor-1"], read.Select(record => record.PersistenceId).Take(4));
    }

    [Fact]
    public async Task After_a_shard_was_claimed_no_append_under_another_epoch_succeeds()
    {
        await AppendAsync("actor", 0, Entry());
        Assert.Equal(ClaimResult.Done, (await ClaimAsync(Shards.Of("actor"), epoch: 5)).Result);

        var earlier = await Journal.AppendAsync(new JournalAppend("actor", 1, Epoch: 4, NextWriteId(), [Entry()]), s_never);
        var never = await Journal.AppendAsync(new JournalAppend("actor", 1, Epoch: 6, NextWriteId(), [Entry()]), s_never);
        Assert.Equal([AppendResult.Fenced, AppendResult.Fenced], [earlier.Result, never.Result]);
        Assert.Contains("5", earlier.Detail, StringComparison.Ordinal);
        Assert.Single((await HistoryAsync("actor")).Events);

        var current = await Journal.AppendAsync(new JournalAppend("actor", 1, Epoch: 5, NextWriteId(), [Entry()]), s_never);
        Assert.Equal(AppendResult.Appended, current.Result);
    }

    [Fact]
    public async Task A_claimed_shard_leaves_the_others_in_peace()
    {
        var other = Enumerable.Range(0, 100).Select(i => $"other-{i}").First(name => Shards.Of(name) != Shards.Of("actor"));
        await ClaimAsync(Shards.Of("actor"), epoch: 5);

        Assert.Equal(AppendResult.Appended, (await AppendAsync(other, 0, Entry())).Result);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task An_epoch_never_falls_and_is_taken_once(int epoch)
    {
        await ClaimAsync(shard: 3, epoch: 5, "first");

        var outcome = await ClaimAsync(shard: 3, epoch, "second");

        Assert.Equal(ClaimResult.Refused, outcome.Result);
        Assert.Equal(5, outcome.Epoch);
        Assert.Equal(new ShardClaim(3, 5, "first"), await ClaimOfAsync(3));
    }

    [Fact]
    public async Task Of_many_claims_to_one_epoch_exactly_one_succeeds()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => ClaimAsync(shard: 3, epoch: 1, $"owner-{i}"))));

        var winner = Assert.Single(outcomes.Index(), outcome => outcome.Item.Result is ClaimResult.Done);
        Assert.Equal($"owner-{winner.Index}", (await ClaimOfAsync(3)).Owner);
    }

    [Fact]
    public async Task All_shards_are_listed_with_who_works_them()
    {
        await ClaimAsync(shard: 0, epoch: 1, "first");
        await ClaimAsync(shard: Shards.Count - 1, epoch: 7, "second");

        var read = await Claims.ReadClaimsAsync(s_never);

        Assert.Null(read.WhyUnavailable);
        Assert.Equal(Enumerable.Range(0, Shards.Count), read.Value.Select(claim => claim.Shard));
        Assert.Equal([new ShardClaim(0, 1, "first"), new ShardClaim(Shards.Count - 1, 7, "second")], read.Value.Where(claim => claim.Epoch > 0));
        Assert.Equal(2, read.Value.Count(claim => claim.Owner is not null));
    }

    [Fact]
    public async Task A_shard_that_was_left_is_nobodys_and_its_epoch_stays()
    {
        await ClaimAsync(shard: 3, epoch: 5, "first");

        Assert.Equal(ClaimResult.Done, (await Claims.ReleaseAsync(shard: 3, epoch: 5, s_never)).Result);

        Assert.Equal(new ShardClaim(3, 5, Owner: null), await ClaimOfAsync(3));
        Assert.Equal(ClaimResult.Refused, (await ClaimAsync(shard: 3, epoch: 5, "second")).Result);
        Assert.Equal(ClaimResult.Done, (await ClaimAsync(shard: 3, epoch: 6, "second")).Result);
    }

    [Fact]
    public async Task Who_has_lost_a_shard_cannot_take_it_from_its_new_owner_by_leaving_it()
    {
        await ClaimAsync(shard: 3, epoch: 5, "first");
        await ClaimAsync(shard: 3, epoch: 6, "second");

        var late = await Claims.ReleaseAsync(shard: 3, epoch: 5, s_never);

        Assert.Equal((ClaimResult.Refused, 6), (late.Result, late.Epoch));
        Assert.Equal("second", (await ClaimOfAsync(3)).Owner);
    }

    [Fact]
    public async Task A_cancelled_append_says_so_and_an_append_of_nothing_is_a_bug()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Journal.AppendAsync(new JournalAppend("actor", 0, 0, NextWriteId(), [Entry()]), new CancellationToken(canceled: true)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AppendAsync("actor", 0));
    }

    [Fact]
    public async Task Recovery_begins_at_the_snapshot()
    {
        await AppendAsync("actor", 0, Entry("""{"a":1}"""), Entry("""{"a":2}"""), Entry("""{"a":3}"""));
        var snapshot = Snapshot("actor", 2, """{"sum":3,"text":"Grüße 🚀"}""");

        Assert.Equal(SnapshotOutcome.Saved, await Journal.SaveSnapshotAsync(snapshot, epoch: 0, s_never));

        var history = await HistoryAsync("actor");
        Assert.Equal(snapshot, history.Snapshot);
        Assert.Equal(["""{"a":3}"""], history.Events.Select(record => record.Entry.Payload));
        Assert.Equal(3, history.LastSequence);
        Assert.Equal(3, (await Journal.ReadAllAsync(0, 10, s_never)).Value.Count);
    }

    [Fact]
    public async Task A_snapshot_of_the_last_event_leaves_nothing_to_replay_and_the_actor_goes_on_from_it()
    {
        await AppendAsync("actor", 0, Entry(), Entry());
        await Journal.SaveSnapshotAsync(Snapshot("actor", 2), epoch: 0, s_never);

        var history = await HistoryAsync("actor");
        Assert.Empty(history.Events);
        Assert.Equal(2, history.LastSequence);
        Assert.Equal(AppendResult.Appended, (await AppendAsync("actor", 2, Entry())).Result);
        Assert.Equal([3], (await HistoryAsync("actor")).Events.Select(record => record.Sequence));
    }

    [Fact]
    public async Task A_later_snapshot_takes_the_place_of_an_earlier_one_and_never_the_other_way_round()
    {
        await AppendAsync("actor", 0, Entry(), Entry(), Entry());
        foreach (var sequence in new[] { 1, 3, 2 }) Assert.Equal(SnapshotOutcome.Saved, await Journal.SaveSnapshotAsync(Snapshot("actor", sequence), epoch: 0, s_never));

        Assert.Equal(Snapshot("actor", 3), (await HistoryAsync("actor")).Snapshot);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(2, 6)]
    [InlineData(3, 5)]
    public async Task A_snapshot_under_another_epoch_or_of_events_that_are_not_there_is_refused(int sequence, int epoch)
    {
        await AppendAsync("actor", 0, Entry(), Entry());
        await ClaimAsync(Shards.Of("actor"), epoch: 5);

        var outcome = await Journal.SaveSnapshotAsync(Snapshot("actor", sequence), epoch, s_never);

        Assert.Equal(SnapshotResult.Refused, outcome.Result);
        Assert.NotEmpty(outcome.Detail);
        Assert.Null((await HistoryAsync("actor")).Snapshot);
        Assert.Equal(SnapshotOutcome.Saved, await Journal.SaveSnapshotAsync(Snapshot("actor", 2), epoch: 5, s_never));
    }

    [Fact]
    public async Task A_shard_is_read_with_its_snapshots()
    {
        var names = Enumerable.Range(0, 1000).Select(i => $"server-{i}").Where(name => Shards.Of(name) == 7).ToArray();
        foreach (var name in names) await AppendAsync(name, 0, Entry(), Entry(), Entry());
        await Journal.SaveSnapshotAsync(Snapshot(names[0], 2), epoch: 0, s_never);
        await Journal.SaveSnapshotAsync(Snapshot(names[1], 3), epoch: 0, s_never);

        var read = (await Journal.ReadShardAsync(7, s_never)).Value.ToDictionary(history => history.PersistenceId);

        Assert.Equal(names.Order(), read.Keys.Order());
        Assert.Equal((Snapshot(names[0], 2), 1), (read[names[0]].Snapshot, read[names[0]].Events.Count));
        Assert.Equal((Snapshot(names[1], 3), 0), (read[names[1]].Snapshot, read[names[1]].Events.Count));
        Assert.All(names[2..], name => Assert.Equal((null, 3), (read[name].Snapshot, read[name].Events.Count)));
    }

    [Fact]
    public async Task Only_old_events_that_are_in_a_snapshot_are_forgotten_and_never_the_last_one()
    {
        JournalEntry[] days = [Entry(), .. Enumerable.Range(1, 4).Select(day => Entry() with { At = s_at.AddDays(day) })];
        foreach (var name in new[] { "kept", "actor", "at rest" }) await AppendAsync(name, 0, days);
        await Journal.SaveSnapshotAsync(Snapshot("actor", 4), epoch: 0, s_never);
        await Journal.SaveSnapshotAsync(Snapshot("at rest", 5), epoch: 0, s_never);

        Assert.Equal(3, (await Journal.TrimAsync(s_at.AddDays(3), limit: 3, s_never)).Value);
        Assert.Equal(3, (await Journal.TrimAsync(s_at.AddDays(3), limit: 100, s_never)).Value);
        Assert.Equal(0, (await Journal.TrimAsync(s_at.AddDays(3), limit: 100, s_never)).Value);

        Assert.Equal([1, 2, 3, 4, 5, 4, 5, 4, 5], (await Journal.ReadAllAsync(0, 100, s_never)).Value.Select(record => record.Sequence));
        Assert.Equal(2, (await Journal.TrimAsync(s_at.AddDays(30), limit: 100, s_never)).Value);
        Assert.Equal([1, 2, 3, 4, 5, 5, 5], (await Journal.ReadAllAsync(0, 100, s_never)).Value.Select(record => record.Sequence));
        foreach (var name in new[] { "kept", "actor", "at rest" })
        {
            Assert.Equal(5, (await HistoryAsync(name)).LastSequence);
            Assert.Equal(AppendResult.Conflict, (await AppendAsync(name, 0, Entry())).Result);
            Assert.Equal(AppendResult.Appended, (await AppendAsync(name, 5, Entry())).Result);
        }
    }

    [Fact]
    public Task Whatever_two_owners_do_in_whatever_order_no_sequence_and_no_epoch_is_anybodys_but_one_owners() =>
        CheckOwnersAsync((owners, script) => owners.TakeTurnsAsync(script));

    [Fact]
    public Task Whatever_two_owners_do_at_once_no_sequence_and_no_epoch_is_anybodys_but_one_owners() =>
        CheckOwnersAsync((owners, script) => owners.RunAtOnceAsync(script));

    protected static JournalEntry Entry(string payload = "{}") => new("something-happened", 1, payload, s_at);

    private static JournalSnapshot Snapshot(string persistenceId, long sequence, string payload = "{}") => new(persistenceId, sequence, new JournalEntry("state", 2, payload, s_at));

    protected Task<AppendOutcome> AppendAsync(string persistenceId, long expected, params JournalEntry[] entries) => AppendAsync(Journal, persistenceId, expected, entries);

    protected Task<AppendOutcome> AppendAsync(IJournal journal, string persistenceId, long expected, params JournalEntry[] entries) =>
        journal.AppendAsync(new JournalAppend(persistenceId, expected, Epoch: 0, NextWriteId(), entries), s_never);

    private async Task<ActorHistory> HistoryAsync(string persistenceId) => (await Journal.ReadAsync(persistenceId, s_never)).Value;

    private Task<ClaimOutcome> ClaimAsync(int shard, long epoch, string owner = "owner") => Claims.ClaimAsync(new ShardClaim(shard, epoch, owner), s_never);

    private async Task<ShardClaim> ClaimOfAsync(int shard) => (await Claims.ReadClaimsAsync(s_never)).Value[shard];

    private async Task CheckOwnersAsync(Func<TwoOwners, IReadOnlyList<(bool IsSecond, OwnerStep Step)>, Task> act)
    {
        var other = await OpenAnotherAsync();
        var scripts = ArbMap.Default.GeneratorFor<(bool IsSecond, OwnerStep Step)>().ListOf().Resize(20).Sample(40);
        foreach (var (script, number) in scripts.Select((script, number) => (script, number)))
        {
            var owners = new TwoOwners(Journal, other, $"actor-{number}");
            await act(owners, [.. script]);
            var fault = await owners.FindFaultAsync();
            Assert.True(fault is null, $"{fault} The steps: {string.Join(", ", script)}");
        }
    }

    private Guid NextWriteId() => Guid.Parse(Interlocked.Increment(ref _writes).ToString("x32", CultureInfo.InvariantCulture));
}
