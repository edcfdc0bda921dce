using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

/// <summary>How the nodes of a cluster are reached, and whom they ask.</summary>
public sealed record NodeNetwork
{
    [DefaultValue(Resources.Ipv4Mode.Static)]
    [Description("Static: the main address alone with a route to its gateway, as Hetzner's switches want it. DHCP: as the network hands it out.")]
    public Ipv4Mode? Ipv4Mode { get; init; }

    // A set for the API server would be one without an order.
    [MaxLength(2), CelRule("size(self) < 2 || self[0] != self[1]", "nodeAddressFamilies names each family once: write [IPv4], [IPv6], or both with the preferred one first")]
    [Description("Address families of the nodes, the preferred one first. As Talos finds best if empty, but in the private network if there is one.")]
    public IReadOnlyList<NodeAddressFamily>? NodeAddressFamilies { get; init; }

    [MaxLength(4), Item(MaxLength = 45), CelRule("self.all(address, isIP(address))", "resolvers must be IP addresses, such as 185.12.64.1")]
    [Description("Addresses of DNS resolvers. Hetzner's own if empty. What the machine configuration names goes before.")]
    public IReadOnlyList<string>? Resolvers { get; init; }

    [MaxLength(8), Item(MaxLength = 253, Pattern = "^[0-9A-Za-z.:-]+$")]
    [Description("Time servers. Hetzner's own if empty. What the machine configuration names goes before.")]
    public IReadOnlyList<string>? TimeServers { get; init; }
}

public enum Ipv4Mode
{
    Static,

    [JsonStringEnumMemberName("DHCP")]
    Dhcp,
}

public enum NodeAddressFamily
{
    IPv4,
    IPv6,
}
