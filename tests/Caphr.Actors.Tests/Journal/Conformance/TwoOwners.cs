using System.Collections.Concurrent;
using System.Globalization;
using Caphr.Actors.Journal;

namespace Caphr.Actors.Tests.Journal;

public enum OwnerStep
{
    AppendOne,
    AppendTwo,

    /// <summary>Take the shard, whoever has it.</summary>
    Claim,

    /// <summary>Read again what the actor's last sequence is, but go on under the same epoch as before.</summary>
    Recover,

    /// <summary>Send the last append once more, as after a lost answer.</summary>
    Repeat,
}

/// <summary>
/// Two owners of one shard who know nothing of each other and never give up: who has lost the shard goes on appending. Everything they were answered
/// is kept, to be held against what is in the journal in the end.
/// </summary>
internal sealed class TwoOwners(IJournal first, IJournal second, string actor)
{
    private readonly Owner[] _owners = [new(first, actor, "first"), new(second, actor, "second")];
    private readonly ConcurrentQueue<Answered> _answers = [];
    private int _moments;
    private int _writes;

    private sealed record Answered(int Began, int Ended, string Owner, JournalAppend? Append, AppendResult? Appended, long Epoch, ClaimResult? Claimed);

    /// <summary>One step after the other, in this order.</summary>
    public async Task TakeTurnsAsync(IEnumerable<(bool IsSecond, OwnerStep Step)> script)
    {
        foreach (var (isSecond, step) in script) await DoAsync(_owners[isSecond ? 1 : 0], step);
    }

    /// <summary>Each owner's steps in their order, and both owners at once.</summary>
    public Task RunAtOnceAsync(IReadOnlyList<(bool IsSecond, OwnerStep Step)> script) => Task.WhenAll(new[] { false, true }.Select(isSecond => Task.Run(
        () => TakeTurnsAsync(script.Where(step => step.IsSecond == isSecond)))));

    /// <summary>What is wrong with the journal, given what the owners were answered; null when nothing is.</summary>
    public async Task<string?> FindFaultAsync()
    {
        var records = (await first.ReadAsync(actor, CancellationToken.None)).Value.Events;
        if (!records.Select(record => record.Sequence).SequenceEqual(Enumerable.Range(1, records.Count).Select(sequence => (long)sequence))) return "The sequences are not 1, 2, 3, …";
        if (!records.Select(record => record.Offset).SequenceEqual(records.Select(record => record.Offset).Distinct().Order())) return "The offsets do not rise with the sequences.";

        var written = records.Select(record => record.Entry.Payload).ToList();
        var promised = Of(AppendResult.Appended).SelectMany(append => append.Entries).Select(entry => entry.Payload).Distinct().ToList();
        if (!written.Order(StringComparer.Ordinal).SequenceEqual(promised.Order(StringComparer.Ordinal))) return "What is in the journal is not what was answered for, each once.";

        var epochs = written.Select(payload => Of(AppendResult.Appended).First(append => append.Entries.Any(entry => entry.Payload == payload)).Epoch).ToList();
        if (!epochs.SequenceEqual(epochs.Order())) return "An event came under an earlier epoch than the event before it.";

        var claims = _answers.Where(answer => answer.Claimed is ClaimResult.Done).ToList();
        if (claims.GroupBy(claim => claim.Epoch).Any(epoch => epoch.Count() > 1)) return "An epoch was claimed twice.";
        var stale = _answers.FirstOrDefault(answer => answer.Appended is AppendResult.Appended && claims.Exists(claim => claim.Epoch > answer.Epoch && claim.Ended < answer.Began));
        return stale is null ? null : $"{stale.Owner} appended under epoch {stale.Epoch} after a later one had been claimed.";
    }

    private IEnumerable<JournalAppend> Of(AppendResult result) => _answers.Where(answer => answer.Appended == result).Select(answer => answer.Append!);

    private async Task DoAsync(Owner owner, OwnerStep step)
    {
        switch (step)
        {
            case OwnerStep.AppendOne or OwnerStep.AppendTwo:
                owner.Last = new JournalAppend(actor, owner.Sequence, owner.Epoch, NextWriteId(), [.. Enumerable.Range(0, step is OwnerStep.AppendTwo ? 2 : 1).Select(_ => NextEntry())]);
                await SendAsync(owner, owner.Last);
                break;
            case OwnerStep.Repeat when owner.Last is { } last:
                await SendAsync(owner, last);
                break;
            case OwnerStep.Claim:
                await ClaimAsync(owner);
                break;
            case OwnerStep.Recover:
                owner.Sequence = (await owner.Journal.ReadAsync(actor, CancellationToken.None)).Value.LastSequence;
                break;
        }
    }

    private async Task SendAsync(Owner owner, JournalAppend append)
    {
        var began = Interlocked.Increment(ref _moments);
        var outcome = await owner.Journal.AppendAsync(append, CancellationToken.None);
        _answers.Enqueue(new Answered(began, Interlocked.Increment(ref _moments), owner.Name, append, outcome.Result, append.Epoch, Claimed: null));
        if (outcome.Result is AppendResult.Appended) owner.Sequence = append.ExpectedSequence + append.Entries.Count;
    }

    private async Task ClaimAsync(Owner owner)
    {
        var claims = (IShardClaims)owner.Journal;
        var epoch = (await claims.ReadClaimsAsync(CancellationToken.None)).Value[Shards.Of(actor)].Epoch + 1;
        var began = Interlocked.Increment(ref _moments);
        var outcome = await claims.ClaimAsync(new ShardClaim(Shards.Of(actor), epoch, owner.Name), CancellationToken.None);
        _answers.Enqueue(new Answered(began, Interlocked.Increment(ref _moments), owner.Name, Append: null, Appended: null, epoch, outcome.Result));
        if (outcome.Result is ClaimResult.Done) owner.Epoch = epoch;
    }

    private JournalEntry NextEntry() => new("something-happened", 1, $$"""{"number":{{Interlocked.Increment(ref _writes)}}}""", DateTimeOffset.UnixEpoch);

    private Guid NextWriteId() => Guid.Parse(Interlocked.Increment(ref _writes).ToString("x32", CultureInfo.InvariantCulture));

    private sealed class Owner(IJournal journal, string actor, string name)
    {
        public IJournal Journal { get; } = journal;

        public string Name { get; } = $"{name} of {actor}";

        public long Epoch { get; set; }

        public long Sequence { get; set; }

        public JournalAppend? Last { get; set; }
    }
}
