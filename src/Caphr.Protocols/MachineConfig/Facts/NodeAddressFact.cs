using System.Net;
using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class NodeAddressFact : IHardwareFact
{
    private static readonly Spot s_legacy = Spot.Main("machine", "kubelet", "nodeIP", "validSubnets");
    private static readonly Spot s_document = Spot.In(KubernetesDocuments.Node, null, "nodeIP", "validSubnets");

    public string Name => "node addresses";

    public string From => "the VLAN, and the cluster's wish for address families";

    public string Why => "With several addresses Talos would announce the first it sees; nodes must be announced where the others reach them.";

    public string Target(TalosVersion version) =>
        version.IsAtLeast(14) ? "KubeNodeConfig where there are Kubernetes documents, else machine.kubelet.nodeIP" : "machine.kubelet.nodeIP";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        var subnets = Subnets(facts).ToList();
        if (subnets.Count == 0) return placing;

        var wantsDocument = KubernetesDocuments.WantsNode(documents, version);
        var (here, there) = wantsDocument ? (s_document, s_legacy) : (s_legacy, s_document);
        if (wantsDocument && documents.Document(KubernetesDocuments.Node) is null)
            return placing.Append(KubernetesDocuments.Node, null, ("nodeIP", YamlValue.Of(subnets).Under(["validSubnets"])));

        if (!wantsDocument && KubernetesDocuments.HasKubelet(documents, version))
            return placing.Refuse(s_document.Key, $"the main document describes the node the old way, and Talos takes no {KubernetesDocuments.Node} beside that; move its nodeLabels, nodeTaints and the like there");

        return placing.Put(
            here,
            YamlValue.Of(subnets),
            there,
            Spot.Main("machine", "kubelet", "extraArgs", "node-ip"),
            Spot.In(KubernetesDocuments.Kubelet, null, "extraArgs", "node-ip"));
    }

    /// <summary>One for each family wanted; the private network goes before the public address. What cannot be read is refused where it is placed.</summary>
    private static IEnumerable<string> Subnets(HardwareFacts facts)
    {
        var vlan = facts.Vlan is { } given && IPAddress.TryParse(given.Address, out var inside) && Addresses.TryNetwork(inside, given.PrefixLength, out var network)
            ? (Addresses.FamilyOf(inside), network.ToString())
            : ((IpFamily, string)?)null;
        if (facts.NodeFamilies.Count == 0)
        {
            if (vlan is var (_, only)) yield return only;
            yield break;
        }

        foreach (var family in facts.NodeFamilies.Distinct())
        {
            if (vlan is var (of, subnet) && of == family) yield return subnet;
            else if (family == IpFamily.IPv4 && facts.Ipv4?.Address is { } address) yield return $"{address}/32";
            else if (family == IpFamily.IPv6 && Addresses.TryRouted(facts.Ipv6, out var routed, out _)) yield return routed.ToString();
        }
    }
}
