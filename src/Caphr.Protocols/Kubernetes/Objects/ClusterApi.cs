namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>Names that Cluster API gives to labels and annotations.</summary>
public static class ClusterApi
{
    public const string Group = "cluster.x-k8s.io";
    public const string ClusterNameLabel = "cluster.x-k8s.io/cluster-name";
    public const string ControlPlaneLabel = "cluster.x-k8s.io/control-plane";
    public const string DeploymentNameLabel = "cluster.x-k8s.io/deployment-name";
    public const string SetNameLabel = "cluster.x-k8s.io/set-name";
    public const string WatchFilterLabel = "cluster.x-k8s.io/watch-filter";
    public const string PausedAnnotation = "cluster.x-k8s.io/paused";
    public const string ManagedByAnnotation = "cluster.x-k8s.io/managed-by";
    public const string RemediateMachineAnnotation = "cluster.x-k8s.io/remediate-machine";
    public const string DeleteForMoveAnnotation = "clusterctl.cluster.x-k8s.io/delete-for-move";
    public const string BlockMoveAnnotation = "clusterctl.cluster.x-k8s.io/block-move";

    /// <summary>Paused by its own annotation, whose value means nothing: even "false" pauses.</summary>
    public static bool CarriesPause(this ObjectMeta metadata) => metadata.Annotations.ContainsKey(PausedAnnotation);
}

/// <summary>A reference as Cluster API writes it: v1beta2 names a group and derives the version, v1beta1 names both and a namespace.</summary>
public sealed record ClusterApiReference
{
    public string? ApiGroup { get; init; }

    public string? ApiVersion { get; init; }

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Namespace { get; init; }

    public string Group => ApiGroup ?? new OwnerReference { ApiVersion = ApiVersion ?? "" }.Group;
}

/// <summary>Host and port of a control plane.</summary>
public sealed record ClusterApiEndpoint
{
    public string? Host { get; init; }

    public int? Port { get; init; }
}
