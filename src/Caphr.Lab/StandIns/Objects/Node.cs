using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>core/v1 Node, as far as a kubelet and Cluster API fill it in.</summary>
internal sealed record Node : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("", "v1", "Node", "nodes") { Namespaced = false };

    public NodeSpec Spec { get; init; } = new();

    public NodeStatus Status { get; init; } = new();

    public string? Ready => Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready")?.Status;
}

internal sealed record NodeSpec
{
    public string? ProviderID { get; init; }

    /// <summary>Cordoned: nothing new is placed here.</summary>
    public bool? Unschedulable { get; init; }
}

internal sealed record NodeStatus
{
    public IReadOnlyList<NodeCondition> Conditions { get; init; } = [];

    public IReadOnlyList<NodeAddress> Addresses { get; init; } = [];

    public IReadOnlyList<AttachedVolume> VolumesAttached { get; init; } = [];
}

internal sealed record NodeCondition(string Type, string Status, string Reason, string Message, DateTimeOffset LastTransitionTime);

internal sealed record NodeAddress(string Type, string Address);

internal sealed record AttachedVolume(string Name, string DevicePath);
