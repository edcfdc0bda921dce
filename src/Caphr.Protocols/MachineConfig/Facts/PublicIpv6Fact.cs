using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class PublicIpv6Fact : IHardwareFact
{
    /// <summary>Of every Hetzner router, on every link.</summary>
    private const string Gateway = "fe80::1";

    public string Name => "public IPv6";

    public string From => "Robot: server_ipv6_net";

    public string Why => "Hetzner routes a /64 to the card and announces nothing, so a server never finds its address by itself. A server without IPv4 has no other.";

    public string Target(TalosVersion version) => NetworkTarget.For(version);

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.Ipv6 is null) return placing;
        return Addresses.TryRouted(facts.Ipv6, out _, out var address)
            ? NetworkCard.PutAddress(placing, facts.PrimaryMac, version, IpFamily.IPv6, address, [(null, Gateway)])
            : placing.Refuse(Name, "the network is no IPv6 network such as 2001:db8:1:2::/64");
    }
}
