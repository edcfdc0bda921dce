using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>A Machine with what Cluster API's core writes to it.</summary>
internal sealed record CoreMachine : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource => Machine.Resource;

    public CoreMachineSpec Spec { get; init; } = new();

    public CoreMachineStatus Status { get; init; } = new();

    public bool IsControlPlane => Metadata.Labels.ContainsKey(ClusterApi.ControlPlaneLabel);

    public bool Ready => Is("Ready", "True");

    /// <summary>Its health check failed and nobody but its owner is left to mend it. Both have to be said.</summary>
    public bool WaitsForItsOwner => Is("HealthCheckSucceeded", "False") && Is("OwnerRemediated", "False");

    public bool Is(string type, string status) => Status.Conditions.Any(condition => condition.Type == type && condition.Status == status);
}

internal sealed record CoreMachineSpec
{
    public string ClusterName { get; init; } = "";

    public MachineBootstrap Bootstrap { get; init; } = new();

    public ClusterApiReference? InfrastructureRef { get; init; }

    public string? ProviderID { get; init; }

    public string? FailureDomain { get; init; }

    public string? Version { get; init; }

    public MachineDeletionLimits? Deletion { get; init; }
}

/// <summary>How long each step of a deletion may take; nothing, or zero, is for ever.</summary>
internal sealed record MachineDeletionLimits
{
    public int? NodeDrainTimeoutSeconds { get; init; }

    public int? NodeVolumeDetachTimeoutSeconds { get; init; }
}

internal sealed record CoreMachineStatus
{
    public string? Phase { get; init; }

    public CoreMachineInitialization Initialization { get; init; } = new();

    public MachineNodeReference? NodeRef { get; init; }

    public IReadOnlyList<MachineAddress> Addresses { get; init; } = [];

    public string? FailureDomain { get; init; }

    public MachineDeletionProgress? Deletion { get; init; }

    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

internal sealed record CoreMachineInitialization
{
    public bool? InfrastructureProvisioned { get; init; }

    public bool? BootstrapDataSecretCreated { get; init; }
}

internal sealed record MachineDeletionProgress
{
    public DateTimeOffset? NodeDrainStartTime { get; init; }

    public DateTimeOffset? WaitForNodeVolumeDetachStartTime { get; init; }
}
