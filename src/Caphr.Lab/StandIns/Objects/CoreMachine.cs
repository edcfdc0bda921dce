using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>A Machine with what Cluster API's core writes to it.</summary>
internal sealed record CoreMachine : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource => Machine.Resource;

    public MachineSpec Spec { get; init; } = new();

    public CoreMachineStatus Status { get; init; } = new();
}

internal sealed record CoreMachineStatus
{
    public string? Phase { get; init; }

    public CoreMachineInitialization Initialization { get; init; } = new();

    public MachineNodeReference? NodeRef { get; init; }

    public IReadOnlyList<MachineAddress> Addresses { get; init; } = [];

    public string? FailureDomain { get; init; }

    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

internal sealed record CoreMachineInitialization
{
    public bool? InfrastructureProvisioned { get; init; }

    public bool? BootstrapDataSecretCreated { get; init; }
}
