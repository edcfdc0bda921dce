using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class PublicIpv4Fact : IHardwareFact
{
    public string Name => "public IPv4";

    public string From => "Robot: the main address, and its gateway by GET /ip";

    public string Why => "DHCP hands out a wide prefix, and Hetzner's switches carry frames to the gateway only: neighbours in the same prefix could not be reached. So the address stands alone (/32), with a route to its gateway and everything else through it.";

    public string Target(TalosVersion version) => NetworkTarget.For(version);

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.Ipv4 is not { } ipv4) return placing;
        if (ipv4.Dhcp) return NetworkCard.PutAddress(placing, facts.PrimaryMac, version, IpFamily.IPv4, address: null, []);
        if (!Addresses.TryIpv4(ipv4.Address, out var address)) return placing.Refuse(Name, "the address is no IPv4 address");
        if (!Addresses.TryIpv4(ipv4.Gateway, out var gateway)) return placing.Refuse(Name, "the gateway is no IPv4 address");
        return NetworkCard.PutAddress(placing, facts.PrimaryMac, version, IpFamily.IPv4, $"{address}/32", [($"{gateway}/32", null), (null, gateway.ToString())]);
    }
}

/// <summary>Where everything about links is written.</summary>
internal static class NetworkTarget
{
    public static string For(TalosVersion version) =>
        version.HasNetworkDocuments ? "LinkAliasConfig and LinkConfig; machine.network.interfaces where the card has an entry there" : "machine.network.interfaces";
}
