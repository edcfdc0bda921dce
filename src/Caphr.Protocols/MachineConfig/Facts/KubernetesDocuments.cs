using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

/// <summary>
/// 1.14 describes the kubelet and the node in documents of their own, generates such configurations, and refuses one that says the same
/// in the main document too. An older configuration, without these documents, is still taken as it is.
/// </summary>
internal static class KubernetesDocuments
{
    public const string Kubelet = "KubeletConfig";
    public const string Node = "KubeNodeConfig";

    private static readonly string[][] s_legacyNode =
    [
        ["machine", "nodeLabels"], ["machine", "nodeAnnotations"], ["machine", "nodeTaints"], ["machine", "kubelet", "nodeIP"],
        ["machine", "kubelet", "registerWithFQDN"], ["machine", "kubelet", "skipNodeRegistration"], ["cluster", "allowSchedulingOnControlPlanes"],
    ];

    public static bool HasKubelet(ConfigurationDocuments documents, TalosVersion version) => version.IsAtLeast(14) && documents.Document(Kubelet) is not null;

    /// <summary>Whether the node is, or can be, described in a document of its own.</summary>
    public static bool WantsNode(ConfigurationDocuments documents, TalosVersion version) =>
        version.IsAtLeast(14)
        && (documents.Document(Node) is not null
            || (documents.Document(Kubelet) is not null && s_legacyNode.All(path => documents.Main.Find(path).IsNothing())));
}
