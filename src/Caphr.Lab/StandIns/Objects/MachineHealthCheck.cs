using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>Cluster API's MachineHealthCheck: which Machines are watched, when one counts as ill, and who is called then.</summary>
internal sealed record MachineHealthCheck : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new(ClusterApi.Group, "v1beta2", "MachineHealthCheck", "machinehealthchecks");

    public MachineHealthCheckSpec Spec { get; init; } = new();

    public MachineHealthCheckStatus Status { get; init; } = new();
}

internal sealed record MachineHealthCheckSpec
{
    public string ClusterName { get; init; } = "";

    public LabelSelector Selector { get; init; } = new();

    public HealthChecks Checks { get; init; } = new();

    public HealthRemediation Remediation { get; init; } = new();
}

internal sealed record HealthChecks
{
    /// <summary>Zero: a Machine may take as long as it likes.</summary>
    public int? NodeStartupTimeoutSeconds { get; init; }

    public IReadOnlyList<UnhealthyCondition> UnhealthyNodeConditions { get; init; } = [];

    public IReadOnlyList<UnhealthyCondition> UnhealthyMachineConditions { get; init; } = [];
}

internal sealed record UnhealthyCondition
{
    public string Type { get; init; } = "";

    public string Status { get; init; } = "";

    public int TimeoutSeconds { get; init; }
}

internal sealed record HealthRemediation
{
    public RemediationTrigger? TriggerIf { get; init; }

    /// <summary>Null: the Machine's owner replaces it.</summary>
    public RemediationTemplateReference? TemplateRef { get; init; }
}

internal sealed record RemediationTrigger
{
    public IntOrPercent? UnhealthyLessThanOrEqualTo { get; init; }

    /// <summary>Such as <c>[1-3]</c>, both ends included. It counts more than the other.</summary>
    public string? UnhealthyInRange { get; init; }
}

internal sealed record RemediationTemplateReference
{
    public string ApiVersion { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";
}

internal sealed record MachineHealthCheckStatus
{
    public int? ExpectedMachines { get; init; }

    public int? CurrentHealthy { get; init; }

    public int? RemediationsAllowed { get; init; }

    public IReadOnlyList<string> Targets { get; init; } = [];

    public long? ObservedGeneration { get; init; }

    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}
