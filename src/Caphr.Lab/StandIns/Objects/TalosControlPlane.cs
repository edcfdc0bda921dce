using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>The Talos control plane provider's TalosControlPlane, in its only version.</summary>
internal sealed record TalosControlPlane : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("controlplane.cluster.x-k8s.io", "v1alpha3", "TalosControlPlane", "taloscontrolplanes");

    public TalosControlPlaneSpec Spec { get; init; } = new();

    public TalosControlPlaneStatus Status { get; init; } = new();
}

internal sealed record TalosControlPlaneSpec
{
    public int? Replicas { get; init; }

    public string Version { get; init; } = "";

    public ClusterApiReference InfrastructureTemplate { get; init; } = new();

    public ControlPlaneConfig ControlPlaneConfig { get; init; } = new();

    public ControlPlaneRollout? RolloutStrategy { get; init; }
}

internal sealed record ControlPlaneConfig
{
    public TalosConfigSpec Controlplane { get; init; } = new();
}

internal sealed record ControlPlaneRollout
{
    public RolloutType? Type { get; init; }

    public RollingUpdate? RollingUpdate { get; init; }
}

internal sealed record TalosControlPlaneStatus
{
    public string? Selector { get; init; }

    public string? Version { get; init; }

    public int? Replicas { get; init; }

    public int? ReadyReplicas { get; init; }

    public int? UnavailableReplicas { get; init; }

    /// <summary>The older contract's word for <see cref="ControlPlaneInitialization.ControlPlaneInitialized"/>.</summary>
    public bool? Initialized { get; init; }

    public bool? Ready { get; init; }

    public bool? Bootstrapped { get; init; }

    public ControlPlaneInitialization Initialization { get; init; } = new();

    public long? ObservedGeneration { get; init; }

    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

internal sealed record ControlPlaneInitialization
{
    public bool? ControlPlaneInitialized { get; init; }
}
