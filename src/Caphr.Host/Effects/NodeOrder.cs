using Caphr.Actors.Servers;

namespace Caphr.Host.Effects;

/// <summary>What a node's configuration is made of, whether it is for Talos or for a person who wants to see it.</summary>
/// <param name="Bootstrap">The Secret with what the bootstrap provider made.</param>
internal sealed record NodeOrder(ServerNumber Server, ServerRecord Record, DiskFacts Disk, string PrimaryMac, string ProviderId, ObjectName Bootstrap, NodePlan Node)
{
    public static NodeOrder Of(ServerEffect.ApplyConfiguration effect) =>
        new(effect.Key.Server, effect.Record, effect.Disk, effect.Boot.PrimaryMac, effect.ProviderId, effect.Bootstrap, effect.Node);
}
