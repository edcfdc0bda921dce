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

        var read = await Journal.ReadAsync("actor", fromSequence: 1, s_never);
        Assert.Equal(entries, read.Records.Select(record => record.Entry));
        Assert.Equal([1, 2, 3], read.Records.Select(record => record.Sequence));
        Assert.All(read.Records, record => Assert.Equal("actor", record.PersistenceId));
    }

    [Fact]
    public async Task An_actor_that_never_appended_has_no_events()
    {
        await AppendAsync("other", 0, Entry());

        var read = await Journal.ReadAsync("actor", fromSequence: 1, s_never);

        Assert.Empty(read.Records);
        Assert.Null(read.WhyUnavailable);
    }

    [Fact]
    public async Task Reading_can_begin_in_the_middle()
    {
        await AppendAsync("actor", 0, Entry(), Entry(), Entry());

        var read = await Journal.ReadAsync("actor", fromSequence: 3, s_never);

        Assert.Equal([3], read.Records.Select(record => record.Sequence));
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
        Assert.Equal(2, (await Journal.ReadAsync("actor", 1, s_never)).Records.Count);
    }

    [Fact]
    public async Task Of_many_appends_at_the_same_sequence_exactly_one_succeeds()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => AppendAsync("actor", 0, Entry(), Entry()))));

        Assert.Single(outcomes, outcome => outcome.Result is AppendResult.Appended);
        Assert.Equal(19, outcomes.Count(outcome => outcome.Result is AppendResult.Conflict));
        Assert.Equal([1, 2], (await Journal.ReadAsync("actor", 1, s_never)).Records.Select(record => record.Sequence));
    }

    [Fact]
    public async Task An_append_repeated_under_its_write_id_succeeds_and_writes_nothing()
    {
        var append = new JournalAppend("actor", 0, Epoch: 0, NextWriteId(), [Entry(), Entry()]);
        await Journal.AppendAsync(append, s_never);
        await AppendAsync("actor", 2, Entry());

        var repeated = await Journal.AppendAsync(append, s_never);

        Assert.Equal(AppendResult.Appended, repeated.Result);
        Assert.Equal(3, (await Journal.ReadAsync("actor", 1, s_never)).Records.Count);
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
        var all = (await Journal.ReadAllAsync(afterOffset: 0, limit: 1000, s_never)).Records;
        Assert.Equal(250, all.Count);
        Assert.All(all.GroupBy(record => record.PersistenceId), actor => Assert.Equal([1, 2, 3, 4, 5], actor.Select(record => record.Sequence)));
    }

    [Fact]
    public async Task A_shard_is_read_whole_and_without_the_others()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"server-{i}").ToArray();
        foreach (var name in names) await AppendAsync(name, 0, Entry(), Entry());
        var shard = Shards.Of("server-7");

        var read = await Journal.ReadShardAsync(shard, s_never);

        var members = names.Where(name => Shards.Of(name) == shard).ToArray();
        Assert.Contains("server-7", members);
        Assert.Equal(members.Order(), read.Records.Select(record => record.PersistenceId).Distinct().Order());
        Assert.Equal(members.Length * 2, read.Records.Count);
        Assert.Equal(read.Records.OrderBy(record => record.Offset), read.Records);
    }

    [Fact]
    public async Task All_events_are_read_page_by_page_from_an_offset()
    {
        for (var i = 0; i < 5; i++) await AppendAsync($"actor-{i}", 0, Entry(), Entry());

        var read = new List<JournalRecord>();
        while ((await Journal.ReadAllAsync(read.Count == 0 ? 0 : read[^1].Offset, limit: 3, s_never)).Records is { Count: > 0 } page)
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
        Assert.Single((await Journal.ReadAsync("actor", 1, s_never)).Records);

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
        Assert.Equal(Enumerable.Range(0, Shards.Count), read.Claims.Select(claim => claim.Shard));
        Assert.Equal([new ShardClaim(0, 1, "first"), new ShardClaim(Shards.Count - 1, 7, "second")], read.Claims.Where(claim => claim.Epoch > 0));
        Assert.Equal(2, read.Claims.Count(claim => claim.Owner is not null));
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
    public Task Whatever_two_owners_do_in_whatever_order_no_sequence_and_no_epoch_is_anybodys_but_one_owners() =>
        CheckOwnersAsync((owners, script) => owners.TakeTurnsAsync(script));

    [Fact]
    public Task Whatever_two_owners_do_at_once_no_sequence_and_no_epoch_is_anybodys_but_one_owners() =>
        CheckOwnersAsync((owners, script) => owners.RunAtOnceAsync(script));

    protected static JournalEntry Entry(string payload = "{}") => new("something-happened", 1, payload, s_at);

    protected Task<AppendOutcome> AppendAsync(string persistenceId, long expected, params JournalEntry[] entries) => AppendAsync(Journal, persistenceId, expected, entries);

    protected Task<AppendOutcome> AppendAsync(IJournal journal, string persistenceId, long expected, params JournalEntry[] entries) =>
        journal.AppendAsync(new JournalAppend(persistenceId, expected, Epoch: 0, NextWriteId(), entries), s_never);

    private Task<ClaimOutcome> ClaimAsync(int shard, long epoch, string owner = "owner") => Claims.ClaimAsync(new ShardClaim(shard, epoch, owner), s_never);

    private async Task<ShardClaim> ClaimOfAsync(int shard) => (await Claims.ReadClaimsAsync(s_never)).Claims[shard];

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
