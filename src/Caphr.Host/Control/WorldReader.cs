using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>Looks at a namespace once, for who wants to know how things are and changes nothing. Of the servers only their objects are known.</summary>
internal static class WorldReader
{
    public static async Task<Outcome<WorldView, KubernetesFailure>> ReadAsync(KubernetesClient kubernetes, string @namespace, TimeProvider clock, CancellationToken cancellation)
    {
        var there = Selection.In(@namespace);
        if (!(await kubernetes.ListAsync<HetznerRobotCluster>(there, cancellation)).TryGet(out var infraClusters, out var failure)) return failure;
        if (!(await kubernetes.ListAsync<HetznerRobotHost>(there, cancellation)).TryGet(out var hosts, out failure)) return failure;
        if (!(await kubernetes.ListAsync<HetznerRobotMachine>(there, cancellation)).TryGet(out var infraMachines, out failure)) return failure;
        if (!(await kubernetes.ListAsync<Cluster>(there, cancellation)).TryGet(out var clusters, out failure)) return failure;
        if (!(await kubernetes.ListAsync<Machine>(there, cancellation)).TryGet(out var machines, out failure)) return failure;
        return new WorldView(
            infraClusters.Items,
            hosts.Items,
            infraMachines.Items,
            clusters.Items,
            machines.Items,
            new Dictionary<ServerNumber, ServerSnapshot>(),
            new Dictionary<ObjectKey, ClusterHealth>(),
            Enumerable.Range(0, Shards.Count).ToHashSet(),
            clock.GetUtcNow());
    }
}
