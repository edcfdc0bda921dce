using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Talos.Calls;

namespace Caphr.Lab.StandIns;

/// <summary>The Machines of a TalosControlPlane beside the members of its etcd: who is outdated, who is nobody's, who goes next.</summary>
internal sealed record ControlPlaneCrew
{
    public required CoreCluster Cluster { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<CoreMachine> Machines { get; init; }

    public required IReadOnlyList<CoreMachine> Outdated { get; init; }

    /// <summary>Null while no node answers for its etcd.</summary>
    public required IReadOnlyList<EtcdPeer>? Members { get; init; }

    public bool EtcdIsWhole => Members?.Count == Machines.Count(machine => !machine.Metadata.BeingDeleted);

    /// <summary>
    /// Members whose name is no Machine's. A Machine's name here is its node's, but an address of type Hostname takes that one's place: an
    /// infrastructure that publishes another name than Talos has loses all its members by it.
    /// </summary>
    public IEnumerable<EtcdPeer> Strangers
    {
        get
        {
            if (Members is null || Machines.Any(machine => machine.Status.NodeRef is null)) return [];
            var known = Machines.Select(NameOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return Members.Where(member => !known.Contains(Short(member.Hostname)));
        }
    }

    /// <summary>Marked and outdated, marked, outdated, any; the oldest of them.</summary>
    public CoreMachine NextToGo
    {
        get
        {
            var marked = Machines.Where(machine => machine.Metadata.Annotations.ContainsKey(CoreNames.DeleteMachineAnnotation)).ToList();
            return marked.Find(Outdated.Contains) ?? (marked, Outdated) switch
            {
                ([var oldest, ..], _) => oldest,
                (_, [var oldest, ..]) => oldest,
                _ => Machines[0],
            };
        }
    }

    public static ControlPlaneCrew Of(TalosControlPlane plane, CoreCluster cluster, Observed observed)
    {
        var machines = observed.MachinesOf(plane).OrderBy(machine => machine.Metadata.CreationTimestamp).ThenBy(machine => machine.Metadata.Name, StringComparer.Ordinal).ToList();
        return new ControlPlaneCrew
        {
            Cluster = cluster,
            Machines = machines,
            Outdated = [.. machines.Where(machine => IsOutdated(machine, plane, observed))],
            Members = observed.EtcdMembers.GetValueOrDefault(cluster.Key),
        };
    }

    /// <summary>The provider bootstraps etcd when all Machines are there and have addresses; in the Lab etcd is found to have formed itself by then.</summary>
    public Write? Report(TalosControlPlane plane, Observed observed)
    {
        var ready = ReplicaCount.Ready(Machines);
        var wanted = plane.Spec.Replicas ?? 1;
        var bootstrapped = plane.Status.Bootstrapped == true
            || (Machines.Count == wanted && Machines.All(machine => EtcdWatch.AddressOf(machine) is not null) && Members?.Count > 0);
        var initialized = plane.Status.Initialized == true || (bootstrapped && Machines.Any(machine => observed.NodeOf(machine)?.Ready == "True"));
        return Status.Become(plane, plane.Status, plane.Status with
        {
            Selector = $"{ClusterApi.ClusterNameLabel}={Cluster.Metadata.Name},{ClusterApi.ControlPlaneLabel}",
            Version = Machines.Select(machine => machine.Spec.Version).Min(StringComparer.Ordinal),
            Replicas = Machines.Count,
            ReadyReplicas = ready,
            UnavailableReplicas = Machines.Count - ready,
            Initialized = initialized,
            Initialization = new ControlPlaneInitialization { ControlPlaneInitialized = initialized },
            Ready = initialized && ready > 0,
            Bootstrapped = bootstrapped,
            ObservedGeneration = plane.Metadata.Generation,
            Conditions = plane.Status.Conditions
                .With("MachinesBootstrapped", bootstrapped, bootstrapped ? "MachinesBootstrapped" : "WaitingForMachines", "", observed.Now)
                .With("Available", initialized, initialized ? "Available" : "WaitingForTalosBoot", "", observed.Now)
                .With("EtcdClusterHealthy", EtcdIsWhole, EtcdIsWhole ? "EtcdClusterHealthy" : "EtcdClusterUnhealthy", "", observed.Now)
                .With("MachinesSpecUpToDate", Outdated.Count == 0, Outdated.Count == 0 ? "MachinesSpecUpToDate" : "RollingUpdateInProgress", "", observed.Now)
                .With("Resized", Machines.Count == wanted, Machines.Count < wanted ? "ScalingUp" : Machines.Count > wanted ? "ScalingDown" : "Resized", "", observed.Now),
        });
    }

    private static bool IsOutdated(CoreMachine machine, TalosControlPlane plane, Observed observed) =>
        machine.Spec.Version != plane.Spec.Version
        || (observed.InfraOf(machine) is { } infra && infra.Metadata.Annotations.GetValueOrDefault(CoreNames.ClonedFromNameAnnotation) != plane.Spec.InfrastructureTemplate.Name)
        || (observed.BootstrapOf(machine) is { } config && config.Spec != plane.Spec.ControlPlaneConfig.Controlplane);

    private static string NameOf(CoreMachine machine) =>
        Short(machine.Status.Addresses.LastOrDefault(address => address.Type == AddressType.Hostname)?.Address ?? machine.Status.NodeRef!.Name);

    private static string Short(string hostname) => hostname.Split('.')[0];
}
