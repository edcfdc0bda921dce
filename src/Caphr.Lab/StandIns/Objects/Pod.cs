using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>core/v1 Pod, as far as a drain looks at it.</summary>
internal sealed record Pod : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("", "v1", "Pod", "pods");

    public PodSpec Spec { get; init; } = new();

    /// <summary>Its DaemonSet would put it back at once.</summary>
    public bool StaysThroughDrains => Metadata.OwnerReferences.Any(owner => owner.Kind == "DaemonSet");
}

internal sealed record PodSpec
{
    public string? NodeName { get; init; }
}
