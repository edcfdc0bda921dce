using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>What a HetznerRobotCluster shows: whether machines can be built with what it gives.</summary>
internal static class ClusterProjection
{
    public static HetznerRobotClusterStatus Of(HetznerRobotCluster cluster, WorldView world)
    {
        var owner = world.ClusterOf(cluster);
        var health = world.Health(cluster);
        // The first check after a restart is under way: what is shown is the last that was known.
        if (health is null && cluster.Status.Initialization?.Provisioned == true) return cluster.Status;
        var endpoint = HasEndpoint(cluster, owner);
        var paused = owner?.Paused == true || cluster.Metadata.CarriesPause();
        var credentials = Credentials(cluster, health);
        var ready = credentials.Status == "True" && endpoint && owner is not null;

        var stopped = owner is null ? null : Brake.WhyStopped(owner, cluster, world);

        var (reason, message) = (owner, credentials, endpoint) switch
        {
            (null, _, _) => ("WaitingForCluster", "No Cluster API Cluster owns this object yet."),
            (_, { Status: not "True" }, _) => (credentials.Reason, credentials.Message),
            (_, _, false) => ("WaitingForControlPlaneEndpoint", "Set spec.controlPlaneEndpoint to the address and port at which the cluster's Kubernetes API will be reached."),
            _ => ("Ready", ""),
        };

        var conditions = new ConditionSet(cluster.Status.Conditions, cluster.Metadata.Generation, MachineProjection.WholeSeconds(world.Now))
            .Set("Ready", ready, reason, message)
            .Set("CredentialsAvailable", credentials.Status, credentials.Reason, credentials.Message)
            .Set("RobotReachable", health?.Robot?.Status ?? "Unknown", health?.Robot?.Reason ?? "NotAskedYet", health?.Robot?.Message ?? "")
            .Set("ControlPlaneEndpointReady", endpoint, endpoint ? "ControlPlaneEndpointReady" : "WaitingForControlPlaneEndpoint")
            .Set("WorkAllowed", stopped is null, stopped is null ? "WorkAllowed" : "TooManyFailures", stopped ?? "")
            .Set("Paused", paused, paused ? "Paused" : "NotPaused");

        return cluster.Status with
        {
            // One way: core never takes it back, and what goes wrong later is told by Ready.
            Initialization = ready ? new Initialization { Provisioned = true } : cluster.Status.Initialization,
            Ready = ready,
            FailureDomains = FailureDomains(cluster, world),
            Message = cluster.Metadata.BeingDeleted ? "Being deleted: it stays until the machines of its cluster have given their servers back." : ready ? stopped ?? "Machines can be built." : message,
            ObservedGeneration = cluster.Metadata.Generation,
            Conditions = conditions.All,
        };
    }

    private static (string Status, string Reason, string Message) Credentials(HetznerRobotCluster cluster, ClusterHealth? health) => health switch
    {
        null => ("Unknown", "CheckingCredentials", "The credentials are being tried."),
        { Reason: null } => ("True", "CredentialsAvailable", ""),
        // A quota that is used up or a Robot in maintenance makes good credentials no worse; RobotReachable tells of it.
        { IsUndecided: true } undecided => cluster.Status.Conditions.FirstOrDefault(condition => condition.Type == "CredentialsAvailable") is { Status: "True" or "False" } known
            ? (known.Status, known.Reason, known.Message)
            : ("Unknown", undecided.Reason, undecided.Message),
        _ => ("False", health.Reason, health.Message),
    };

    private static bool HasEndpoint(HetznerRobotCluster cluster, Cluster? owner) =>
        cluster.Spec.ControlPlaneEndpoint is { Host.Length: > 0, Port: > 0 } || owner?.Spec.ControlPlaneEndpoint is { Host.Length: > 0, Port: > 0 };

    private static IReadOnlyList<FailureDomain> FailureDomains(HetznerRobotCluster cluster, WorldView world)
    {
        var found = world.Hosts
            .Where(host => host.Metadata.Namespace == cluster.Metadata.Namespace)
            .Select(host => world.Server(host)?.State.Record?.Datacenter ?? host.Status.FailureDomain)
            .Where(datacenter => !string.IsNullOrEmpty(datacenter))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(datacenter => new FailureDomain { Name = datacenter!, ControlPlane = true });
        return [.. found];
    }
}
