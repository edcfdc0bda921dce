using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class ProviderIdFact : IHardwareFact
{
    private static readonly Spot s_legacy = Spot.Main("machine", "kubelet", "extraArgs", "provider-id");
    private static readonly Spot s_document = Spot.In(KubernetesDocuments.Kubelet, null, "extraArgs", "provider-id");

    public string Name => "provider ID";

    public string From => "server number, in the cluster's format";

    public string Why => "Cluster API finds the Node of a Machine by it, and nothing else in a dedicated server tells the kubelet.";

    public string Target(TalosVersion version) =>
        version.IsAtLeast(14) ? "KubeletConfig where there is one, else machine.kubelet.extraArgs" : "machine.kubelet.extraArgs";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.ProviderId is not { } id) return placing;

        var (here, there) = KubernetesDocuments.HasKubelet(documents, version) ? (s_document, s_legacy) : (s_legacy, s_document);
        return placing.Put(
            here,
            YamlValue.Of(id),
            there,
            Spot.Main("machine", "kubelet", "extraConfig", "providerID"),
            Spot.In(KubernetesDocuments.Kubelet, null, "config", "providerID"));
    }
}
