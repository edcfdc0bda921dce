using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Servers;

/// <summary>For the server of this number, whose actor is started if it is not there yet.</summary>
public sealed record Envelope(ServerNumber Number, ServerMessage Message)
{
    public int Shard => ServerRegion.ShardOf(Number);
}

/// <summary>All servers that this process works, in shards.</summary>
public static class ServerRegion
{
    /// <summary>Of a mailbox into which each of many thousand servers may have something to say at once, or be told.</summary>
    public const int Capacity = 1 << 17;

    public static int ShardOf(ServerNumber number) => Shards.Of(ServerActor.IdOf(number));

    public static Props<RegionMessage<Envelope>> Props(
        ShardRegionOptions options, IMemberLeases leases, IShardClaims claims, Persistence<ServerEvent> persistence, IEffectInterpreter interpreter) =>
        Kernel.Props.Create(() => new ShardRegion<Envelope>(options, leases, claims, envelope => envelope.Shard, warrant => Shard(warrant, persistence, interpreter))) with
        {
            MailboxCapacity = Capacity,
        };

    private static Props<Envelope> Shard(Warrant warrant, Persistence<ServerEvent> persistence, IEffectInterpreter interpreter) =>
        Kernel.Props.Create(() => new ServerShard(warrant, persistence, interpreter)) with { MailboxCapacity = Capacity };
}
