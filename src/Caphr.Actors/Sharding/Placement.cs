using Caphr.Actors.Journal;

namespace Caphr.Actors.Sharding;

/// <summary>The home of every shard among some members, who hardly ever change, while it is asked for at every look.</summary>
public sealed class Placement(IReadOnlyList<string> members)
{
    private readonly string?[] _homes = [.. Enumerable.Range(0, Shards.Count).Select(shard => Rendezvous.HomeOf(shard, members))];

    /// <summary>Null when there is no member.</summary>
    public string? HomeOf(int shard) => _homes[shard];

    public bool IsAmong(IReadOnlyList<string> others) => members.SequenceEqual(others);
}
