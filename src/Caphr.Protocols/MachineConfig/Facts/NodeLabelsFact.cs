using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class NodeLabelsFact : IHardwareFact
{
    public string Name => "node labels";

    public string From => "Robot: data centre, product and server number";

    public string Why => "Workloads are spread over data centres and sent to fitting hardware by the labels of the nodes.";

    public string Target(TalosVersion version) =>
        version.IsAtLeast(14) ? "KubeNodeConfig where there are Kubernetes documents, else machine.nodeLabels" : "machine.nodeLabels";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        foreach (var (label, value) in facts.NodeLabels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            var wantsDocument = KubernetesDocuments.WantsNode(placing.Documents, version);
            placing = wantsDocument && placing.Documents.Document(KubernetesDocuments.Node) is null
                ? placing.Append(KubernetesDocuments.Node, null, ("labels", YamlValue.Of((label, YamlValue.Of(value)))))
                : placing.Put(
                    wantsDocument ? Spot.In(KubernetesDocuments.Node, null, "labels", label) : Spot.Main("machine", "nodeLabels", label),
                    YamlValue.Of(value));
        }

        return placing;
    }
}
