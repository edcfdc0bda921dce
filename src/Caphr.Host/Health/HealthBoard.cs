using System.Collections.Concurrent;
using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Sharding;

namespace Caphr.Host.Health;

/// <summary>What keeps this process from doing its work just now, by part, each in one sentence. Empty: it works.</summary>
internal sealed class HealthBoard
{
    private const string Replica = "replica";

    private readonly ConcurrentDictionary<string, string> _troubles = new() { [Replica] = "Starting." };
    private readonly ConcurrentDictionary<string, string> _waitForJournal = [];

    public IReadOnlyList<string> Troubles =>
    [
        .. _troubles.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}: {one.Value}"),
        .. Waiting(),
    ];

    /// <param name="why">Null: the part is well.</param>
    public void Set(string part, string? why)
    {
        if (why is null) _troubles.TryRemove(part, out _);
        else _troubles[part] = why;
    }

    public void Hear(ReplicaStanding standing) => Set(Replica, standing.WhyNot);

    public void Hear(JournalStalled stalled) => _waitForJournal[stalled.PersistenceId] = stalled.Detail;

    public void Hear(JournalResumed resumed) => _waitForJournal.TryRemove(resumed.PersistenceId, out _);

    /// <summary>Whoever waited in this shard is stopped and waits no more.</summary>
    public void Hear(ShardClosed closed)
    {
        foreach (var id in _waitForJournal.Keys.Where(id => Shards.Of(id) == closed.Shard || id == $"shard {closed.Shard}")) _waitForJournal.TryRemove(id, out _);
    }

    private IEnumerable<string> Waiting() => _waitForJournal.ToArray() is { Length: > 0 } waiting
        ? [$"journal: {waiting.Length} of its actors wait for it. {waiting[0].Value}"]
        : [];
}

/// <summary>Brings to the board what the kernel publishes.</summary>
internal sealed class HealthKeeper(HealthBoard board) : Actor<Action<HealthBoard>>
{
    protected override void PreStart()
    {
        Context.Subscribe<ReplicaStanding>(standing => to => to.Hear(standing));
        Context.Subscribe<JournalStalled>(stalled => to => to.Hear(stalled));
        Context.Subscribe<JournalResumed>(resumed => to => to.Hear(resumed));
        Context.Subscribe<ShardClosed>(closed => to => to.Hear(closed));
    }

    protected override void Receive(Action<HealthBoard> message) => message(board);
}
