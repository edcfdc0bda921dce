using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Actors.Sharding;

/// <summary>What a region is told.</summary>
public abstract record RegionMessage<TMessage>
{
    private RegionMessage() { }

    /// <summary>For the shard it belongs to. Dropped when this process does not work that shard: whoever does hears of the same thing by itself.</summary>
    public sealed record Deliver(TMessage Message) : RegionMessage<TMessage>;

    /// <summary>Hand all shards over and take no more. Answered when the last one is left.</summary>
    public sealed record Leave(IActorRef<Left> ReplyTo) : RegionMessage<TMessage>;

    public sealed record Show(IActorRef<OpenShards> ReplyTo) : RegionMessage<TMessage>;

    internal sealed record Tick : RegionMessage<TMessage>;

    internal sealed record Looked(long Sent, IReadOnlyList<ShardClaim> Claims, IReadOnlyList<MemberLease>? Leases, long Asked) : RegionMessage<TMessage>;

    internal sealed record SawNothing(string Why) : RegionMessage<TMessage>;

    internal sealed record StandingEnds : RegionMessage<TMessage>;

    internal sealed record Claimed(int Shard, Standing Under, ClaimOutcome Outcome) : RegionMessage<TMessage>;

    /// <summary>Nothing of the shard that is handed over is left to be written down.</summary>
    internal sealed record Settled(Warrant Warrant) : RegionMessage<TMessage>;

    internal sealed record Closed(int Shard) : RegionMessage<TMessage>;

    internal sealed record Released(int Shard) : RegionMessage<TMessage>;

    internal sealed record Cleaned : RegionMessage<TMessage>;
}

/// <summary>The shards that this process works just now, by the right to act for each.</summary>
public sealed record OpenShards(IReadOnlyList<Warrant> Warrants);

/// <summary>The region has handed over everything it had.</summary>
public sealed record Left;
