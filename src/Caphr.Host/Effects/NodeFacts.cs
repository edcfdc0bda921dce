using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Caphr.Actors.Servers;
using Caphr.Protocols.MachineConfig;

namespace Caphr.Host.Effects;

/// <summary>What is placed in a node's configuration: from Robot, from the inspection, and from what the objects wish.</summary>
internal static class NodeFacts
{
    /// <summary>Cluster API keeps labels with this prefix, and lets others write them.</summary>
    private const string LabelPrefix = "node.cluster.x-k8s.io/";

    private const int LongestLabel = 63;

    public static Protocols.MachineConfig.HardwareFacts Of(NodeOrder order, SharedSecrets? shared)
    {
        var facts = new Protocols.MachineConfig.HardwareFacts
        {
            InstallDisk = order.Disk switch
            {
                { Wwn: { Length: > 0 } wwn } => new InstallDisk.ByWwn(wwn),
                { ById: { Length: > 0 } byId } => new InstallDisk.ByPath($"/dev/disk/by-id/{byId}"),
                { Serial: var serial } => new InstallDisk.BySerial(serial),
            },
            ProviderId = order.ProviderId,
            Hostname = order.Node.Hostname,
            SharedSecrets = shared,
            EphemeralSize = order.Node.EphemeralSize,
            DataVolumes = [.. order.Node.DataVolumes.Select(Volume)],
        };
        return order.Node.PlacesNetwork ? WithNetwork(facts, order) : facts;
    }

    private static Protocols.MachineConfig.HardwareFacts WithNetwork(Protocols.MachineConfig.HardwareFacts facts, NodeOrder order)
    {
        var (node, record) = (order.Node, order.Record);
        var hasIpv4 = IPAddress.Parse(record.Address).AddressFamily == AddressFamily.InterNetwork;
        // A journal of an older release does not know the gateway; such a server keeps what it has.
        var isStatic = hasIpv4 && !node.Dhcp && record.Gateway is not null;
        return facts with
        {
            PrimaryMac = order.PrimaryMac,
            Ipv4 = isStatic ? new PublicIpv4 { Address = record.Address, Gateway = record.Gateway } : hasIpv4 ? new PublicIpv4 { Dhcp = true } : null,
            // A server without IPv4 keeps the address by which it is known and watched.
            Ipv6 = record.Ipv6Network is not { } network ? null : hasIpv4 ? $"{network}/64" : $"{record.Address}/64",
            Vlan = node.Vlan is { } vlan
                ? new PrivateVlan { Id = vlan.Id, Address = vlan.Address, PrefixLength = vlan.PrefixLength, Routes = [.. vlan.Routes.Select(route => new StaticRoute(route.Network, route.Gateway))] }
                : null,
            NodeFamilies = [.. node.AddressFamilies.Select(Enum.Parse<IpFamily>)],
            // DHCP brings its own.
            Resolvers = node.Resolvers.Count > 0 ? node.Resolvers : isStatic || !hasIpv4 ? HetznerDefaults.Resolvers(hasIpv4) : [],
            TimeServers = node.TimeServers.Count > 0 ? node.TimeServers : HetznerDefaults.TimeServers,
            NodeLabels = Labels(record, order.Server),
        };
    }

    private static Dictionary<string, string> Labels(ServerRecord record, ServerNumber number) =>
        new (string Name, string Value)[]
        {
            ("datacenter", LabelValue(record.Datacenter)),
            ("product", LabelValue(record.Product)),
            ("server-number", number.Value.ToString(CultureInfo.InvariantCulture)),
        }.Where(label => label.Value.Length > 0).ToDictionary(label => LabelPrefix + label.Name, label => label.Value);

    /// <summary>As Kubernetes takes it: "Server Auction" has a space in it.</summary>
    private static string LabelValue(string text)
    {
        var value = new string([.. text.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '-')]);
        return value[..Math.Min(value.Length, LongestLabel)].Trim('-', '_', '.');
    }

    private static DataVolume Volume(VolumePlan plan)
    {
        var volume = new DataVolume
        {
            Name = plan.Name,
            Kind = plan.Raw ? DataVolumeKind.Raw : DataVolumeKind.User,
            MinSize = plan.MinSize,
            MaxSize = plan.MaxSize,
            Filesystem = plan.Filesystem,
        };
        return plan.DiskMatch is { Length: > 0 } match ? volume with { DiskMatch = match } : volume;
    }
}
