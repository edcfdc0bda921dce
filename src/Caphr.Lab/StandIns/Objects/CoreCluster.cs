using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>A Cluster with what Cluster API's core writes to it.</summary>
internal sealed record CoreCluster : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource => Cluster.Resource;

    public ClusterSpec Spec { get; init; } = new();

    public CoreClusterStatus Status { get; init; } = new();
}

internal sealed record CoreClusterStatus
{
    public string? Phase { get; init; }

    public ClusterInitialization Initialization { get; init; } = new();

    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}
