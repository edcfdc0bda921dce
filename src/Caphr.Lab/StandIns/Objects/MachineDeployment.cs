using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>Cluster API's MachineDeployment: MachineSets that follow each other as the template changes.</summary>
internal sealed record MachineDeployment : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new(ClusterApi.Group, "v1beta2", "MachineDeployment", "machinedeployments");

    public MachineDeploymentSpec Spec { get; init; } = new();

    public ReplicaStatus Status { get; init; } = new();
}

internal sealed record MachineDeploymentSpec
{
    public string ClusterName { get; init; } = "";

    public int? Replicas { get; init; }

    public bool? Paused { get; init; }

    public LabelSelector Selector { get; init; } = new();

    public MachineTemplate Template { get; init; } = new();

    public DeploymentRollout? Rollout { get; init; }

    public DeletionPreference? Deletion { get; init; }
}

internal sealed record DeploymentRollout
{
    public DeploymentStrategy? Strategy { get; init; }
}

internal sealed record DeploymentStrategy
{
    public RolloutType? Type { get; init; }

    public RollingUpdate? RollingUpdate { get; init; }
}

internal enum RolloutType
{
    RollingUpdate,

    /// <summary>Old Machines go when a person deletes them.</summary>
    OnDelete,
}

internal sealed record RollingUpdate
{
    public IntOrPercent? MaxSurge { get; init; }

    public IntOrPercent? MaxUnavailable { get; init; }
}
