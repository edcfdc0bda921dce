using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>The Talos bootstrap provider's order for one Machine's configuration.</summary>
internal sealed record TalosConfig : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("bootstrap.cluster.x-k8s.io", "v1alpha3", "TalosConfig", "talosconfigs");

    public TalosConfigSpec Spec { get; init; } = new();

    public TalosConfigStatus Status { get; init; } = new();
}

internal sealed record TalosConfigSpec
{
    /// <summary><c>controlplane</c> or <c>worker</c>.</summary>
    public string GenerateType { get; init; } = "";

    public string? TalosVersion { get; init; }
}

internal sealed record TalosConfigStatus
{
    public string? DataSecretName { get; init; }

    public TalosConfigInitialization Initialization { get; init; } = new();
}

internal sealed record TalosConfigInitialization
{
    public bool? DataSecretCreated { get; init; }
}
