using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>From objects to what is wanted of the node that a server becomes.</summary>
internal static class NodePlanner
{
    /// <summary>Of a private network whose objects do not name one.</summary>
    private const int DefaultPrefixLength = 24;

    public static NodePlan For(HetznerRobotHost host, HetznerRobotMachine consumer, Machine machine, HetznerRobotCluster cluster)
    {
        var network = cluster.Spec.NodeNetwork;
        return new NodePlan
        {
            Hostname = cluster.Spec.Dc is { Length: > 0 } dc ? $"{RoleOf(host, machine)}-{dc}-{host.Spec.ServerID}" : null,
            PlacesNetwork = true,
            Dhcp = network?.Ipv4Mode == Ipv4Mode.Dhcp,
            Vlan = cluster.Spec.VlanConfig is { } vlan && host.Spec.InternalIP is { Length: > 0 } address
                ? new VlanPlan(vlan.Id, address, vlan.PrefixLength ?? DefaultPrefixLength, [.. (vlan.Routes ?? []).Select(route => new RoutePlan(route.Network, route.Gateway))])
                : null,
            AddressFamilies = [.. (network?.NodeAddressFamilies ?? []).Select(family => family.ToString())],
            Resolvers = network?.Resolvers ?? [],
            TimeServers = network?.TimeServers ?? [],
            SharedSecrets = cluster.Spec.TalosSecretRef is { } shared && machine.IsControlPlane ? WishBuilder.SecretOf(cluster, shared) : null,
            EphemeralSize = consumer.Spec.EphemeralSize is { Length: > 0 } size ? size : null,
            DataVolumes = [.. (consumer.Spec.DataVolumes ?? []).Select(volume =>
                new VolumePlan(volume.Name, volume.Type != MachineDataVolumeType.User, volume.DiskMatch, volume.MinSize, volume.MaxSize, volume.Filesystem))],
        };
    }

    private static string RoleOf(HetznerRobotHost host, Machine machine) => machine.IsControlPlane ? "control-plane" : host.Spec.LifecycleClass switch
    {
        LifecycleClass.Storage => "storage",
        _ => "compute",
    };
}
