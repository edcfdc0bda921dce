using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>What the TalosConfigs of a MachineSet are made from.</summary>
internal sealed record TalosConfigTemplate : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("bootstrap.cluster.x-k8s.io", "v1alpha3", "TalosConfigTemplate", "talosconfigtemplates");

    public TalosConfigTemplateSpec Spec { get; init; } = new();
}

internal sealed record TalosConfigTemplateSpec
{
    public TalosConfigTemplateResource Template { get; init; } = new();
}

internal sealed record TalosConfigTemplateResource
{
    public TemplateMetadata? Metadata { get; init; }

    public TalosConfigSpec Spec { get; init; } = new();
}
