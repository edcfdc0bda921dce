using System.Net;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class VlanFact : IHardwareFact
{
    public string Name => "VLAN";

    public string From => "the cluster's vlanConfig and the host's internalIP";

    public string Why => "A vSwitch is a VLAN on the public card, and hands out no addresses. It carries 1400 bytes.";

    public string Target(TalosVersion version) =>
        version.HasNetworkDocuments ? "LinkAliasConfig and VLANConfig; machine.network.interfaces where the card has an entry there" : "machine.network.interfaces";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.Vlan is not { } vlan) return placing;
        if (vlan.Id is < 1 or > 4094) return placing.Refuse(Name, $"{vlan.Id} is no VLAN ID: it must lie between 1 and 4094");
        if (!IPAddress.TryParse(vlan.Address, out var address)) return placing.Refuse($"{Name} {vlan.Id}", "the server's address in it is no IP address");
        if (!Addresses.TryNetwork(address, vlan.PrefixLength, out _)) return placing.Refuse($"{Name} {vlan.Id}", $"{vlan.PrefixLength} is no prefix length for {address}");
        return NetworkCard.PutVlan(placing, facts.PrimaryMac, version, vlan, $"{address}/{vlan.PrefixLength}");
    }
}
