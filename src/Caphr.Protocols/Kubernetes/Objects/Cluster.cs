namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>Cluster API's Cluster, as far as we read it, in the shapes of v1beta2 and of v1beta1.</summary>
public sealed record Cluster : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new(ClusterApi.Group, "v1beta2", "Cluster", "clusters");

    public ClusterSpec Spec { get; init; } = new();

    public ClusterStatus Status { get; init; } = new();

    public bool Paused => Spec.Paused == true || Metadata.CarriesPause();

    public bool InfrastructureProvisioned => Status.Initialization.InfrastructureProvisioned ?? Status.InfrastructureReady ?? false;

    public bool ControlPlaneInitialized =>
        Status.Initialization.ControlPlaneInitialized
        ?? Status.Conditions.Any(condition => condition is { Type: "ControlPlaneInitialized", Status: "True" });
}

public sealed record ClusterSpec
{
    public bool? Paused { get; init; }

    public ClusterApiEndpoint? ControlPlaneEndpoint { get; init; }

    public ClusterApiReference? InfrastructureRef { get; init; }

    public ClusterApiReference? ControlPlaneRef { get; init; }
}

public sealed record ClusterStatus
{
    public ClusterInitialization Initialization { get; init; } = new();

    /// <summary>v1beta1's word for <see cref="ClusterInitialization.InfrastructureProvisioned"/>.</summary>
    public bool? InfrastructureReady { get; init; }

    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

public sealed record ClusterInitialization
{
    public bool? InfrastructureProvisioned { get; init; }

    public bool? ControlPlaneInitialized { get; init; }
}
