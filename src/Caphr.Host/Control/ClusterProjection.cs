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
        var ready = health is { Reason: null } && endpoint && owner is not null;

        var (reason, message) = (owner, health, endpoint) switch
        {
            (null, _, _) => ("WaitingForCluster", "No Cluster API Cluster owns this object yet."),
            (_, null, _) => ("CheckingCredentials", "The credentials are being tried."),
            (_, { Reason: { } trouble } found, _) => (trouble, found.Message),
            (_, _, false) => ("WaitingForControlPlaneEndpoint", "Set spec.controlPlaneEndpoint to the address and port at which the cluster's Kubernetes API will be reached."),
            _ => ("Ready", ""),
        };

        var conditions = new ConditionSet(cluster.Status.Conditions, cluster.Metadata.Generation, MachineProjection.WholeSeconds(world.Now))
            .Set("Ready", ready, reason, message)
            .Set("CredentialsAvailable", health is null ? "Unknown" : health.Reason is null ? "True" : "False", health is null ? "CheckingCredentials" : health.Reason ?? "CredentialsAvailable", health?.Message ?? "")
            .Set("RobotReachable", health?.Robot?.Status ?? "Unknown", health?.Robot?.Reason ?? "NotAskedYet", health?.Robot?.Message ?? "")
            .Set("ControlPlaneEndpointReady", endpoint, endpoint ? "ControlPlaneEndpointReady" : "WaitingForControlPlaneEndpoint")
            .Set("Paused", paused, paused ? "Paused" : "NotPaused");

        return cluster.Status with
        {
            // One way: core never takes it back, and what goes wrong later is told by Ready.
            Initialization = ready ? new Initialization { Provisioned = true } : cluster.Status.Initialization,
            Ready = ready,
            FailureDomains = FailureDomains(cluster, world),
            Message = ready ? "Machines can be built." : message,
            ObservedGeneration = cluster.Metadata.Generation,
            Conditions = conditions.All,
        };
    }

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
