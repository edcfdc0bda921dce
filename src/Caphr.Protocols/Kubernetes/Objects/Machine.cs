namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>Cluster API's Machine, as far as we read it, in the shapes of v1beta2 and of v1beta1.</summary>
public sealed record Machine : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new(ClusterApi.Group, "v1beta2", "Machine", "machines");

    public MachineSpec Spec { get; init; } = new();

    public MachineStatus Status { get; init; } = new();

    public bool IsControlPlane => Metadata.Labels.ContainsKey(ClusterApi.ControlPlaneLabel);
}

public sealed record MachineSpec
{
    public string ClusterName { get; init; } = "";

    public MachineBootstrap Bootstrap { get; init; } = new();

    public ClusterApiReference? InfrastructureRef { get; init; }

    public string? ProviderID { get; init; }

    public string? FailureDomain { get; init; }

    public string? Version { get; init; }
}

public sealed record MachineBootstrap
{
    /// <summary>Null until the bootstrap provider has written the machine configuration.</summary>
    public string? DataSecretName { get; init; }

    public ClusterApiReference? ConfigRef { get; init; }
}

public sealed record MachineStatus
{
    public string? Phase { get; init; }

    public MachineNodeReference? NodeRef { get; init; }

    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    public MachineDeprecated? Deprecated { get; init; }
}

/// <summary>What v1beta2 keeps of v1beta1, for readers of that.</summary>
public sealed record MachineDeprecated
{
    public MachineV1Beta1Status? V1beta1 { get; init; }
}

public sealed record MachineV1Beta1Status
{
    public IReadOnlyList<MachineV1Beta1Condition> Conditions { get; init; } = [];
}

public sealed record MachineV1Beta1Condition
{
    public string Type { get; init; } = "";

    public string Status { get; init; } = "";

    public string? Severity { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }
}

public sealed record MachineNodeReference
{
    public string Name { get; init; } = "";
}
