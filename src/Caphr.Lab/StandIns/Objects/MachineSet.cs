using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>Cluster API's MachineSet: so many Machines of one template.</summary>
internal sealed record MachineSet : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new(ClusterApi.Group, "v1beta2", "MachineSet", "machinesets");

    public MachineSetSpec Spec { get; init; } = new();

    public ReplicaStatus Status { get; init; } = new();
}

internal sealed record MachineSetSpec
{
    public string ClusterName { get; init; } = "";

    public int? Replicas { get; init; }

    public LabelSelector Selector { get; init; } = new();

    public MachineTemplate Template { get; init; } = new();

    public DeletionPreference? Deletion { get; init; }
}

internal sealed record MachineTemplate
{
    public TemplateMetadata? Metadata { get; init; }

    public CoreMachineSpec Spec { get; init; } = new();
}

internal sealed record DeletionPreference
{
    public DeletionOrder? Order { get; init; }
}

internal enum DeletionOrder
{
    Random,
    Newest,
    Oldest,
}

/// <summary>What MachineSets and MachineDeployments count alike. <see cref="Selector"/> is the text that the scale subresource hands on.</summary>
internal sealed record ReplicaStatus
{
    public string? Selector { get; init; }

    public int? Replicas { get; init; }

    public int? ReadyReplicas { get; init; }

    public int? AvailableReplicas { get; init; }

    public int? UpToDateReplicas { get; init; }

    public long? ObservedGeneration { get; init; }
}
