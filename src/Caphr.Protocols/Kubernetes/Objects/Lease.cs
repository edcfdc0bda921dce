using System.Text.Json.Serialization;

namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>coordination.k8s.io/v1 Lease: who holds something, and until when unless renewed.</summary>
public sealed record Lease : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("coordination.k8s.io", "v1", "Lease", "leases");

    public LeaseSpec Spec { get; init; } = new();
}

public sealed record LeaseSpec
{
    public string? HolderIdentity { get; init; }

    public int? LeaseDurationSeconds { get; init; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }
}
