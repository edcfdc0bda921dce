using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>What a health check finds in one Machine. Nothing is found in one that may yet become well: somebody looks again in time.</summary>
internal abstract record Diagnosis
{
    private static readonly TimeSpan s_defaultStartup = TimeSpan.FromMinutes(10);

    private Diagnosis() { }

    public static Diagnosis Of(CoreMachine machine, CoreCluster cluster, HealthChecks checks, Observed observed)
    {
        if (machine.Metadata.Annotations.ContainsKey(ClusterApi.RemediateMachineAnnotation)) return new Ill("HasRemediateAnnotation");
        // Without a control plane no worker can have a node, and that is nobody's illness but the control plane's.
        if (cluster.Status.Initialization.ControlPlaneInitialized != true && !machine.IsControlPlane) return new Open();
        if (!Holds(cluster.Status.Conditions, "InfrastructureReady")) return new Open();

        var machineSigns = Signs(checks.UnhealthyMachineConditions, machine.Status.Conditions.Select(condition => (condition.Type, condition.Status, condition.LastTransitionTime)), observed);
        if (machineSigns == Seen.LongEnough) return new Ill("UnhealthyMachine");
        if (machine.Status.NodeRef is null) return Startup(machine, cluster, checks, observed);
        if (observed.NodeOf(machine) is not { } node) return new Ill("NodeDeleted");
        return Signs(checks.UnhealthyNodeConditions, node.Status.Conditions.Select(condition => (condition.Type, condition.Status, condition.LastTransitionTime)), observed) switch
        {
            Seen.LongEnough => new Ill("UnhealthyNode"),
            Seen.NotLongEnough => new Open(),
            Seen.No => machineSigns == Seen.No ? new Well() : new Open(),
        };
    }

    private static Diagnosis Startup(CoreMachine machine, CoreCluster cluster, HealthChecks checks, Observed observed)
    {
        var limit = checks.NodeStartupTimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : s_defaultStartup;
        if (limit == TimeSpan.Zero) return new Open();
        DateTimeOffset?[] starts =
        [
            machine.Metadata.CreationTimestamp,
            Since(cluster.Status.Conditions, "InfrastructureReady"),
            Since(cluster.Status.Conditions, "ControlPlaneInitialized"),
            Since(machine.Status.Conditions, "InfrastructureReady"),
        ];
        return starts.Max() is { } began && observed.IsOver(began, limit) ? new Ill("NodeStartupTimeout") : new Open();
    }

    private static Seen Signs(IReadOnlyList<UnhealthyCondition> signs, IEnumerable<(string Type, string Status, DateTimeOffset Since)> conditions, Observed observed)
    {
        var matching =
            (from sign in signs
             join condition in conditions on (sign.Type, sign.Status) equals (condition.Type, condition.Status)
             select observed.IsOver(condition.Since, TimeSpan.FromSeconds(sign.TimeoutSeconds))).ToList();
        return matching.Count == 0 ? Seen.No : matching.Contains(true) ? Seen.LongEnough : Seen.NotLongEnough;
    }

    private static bool Holds(IReadOnlyList<Condition> conditions, string type) => conditions.Any(condition => condition.Type == type && condition.Status == "True");

    private static DateTimeOffset? Since(IReadOnlyList<Condition> conditions, string type) =>
        conditions.FirstOrDefault(condition => condition.Type == type && condition.Status == "True")?.LastTransitionTime;

    public sealed record Well : Diagnosis;

    /// <summary>Neither well nor, yet, ill.</summary>
    public sealed record Open : Diagnosis;

    public sealed record Ill(string Reason) : Diagnosis;

    private enum Seen
    {
        No,
        NotLongEnough,
        LongEnough,
    }
}
