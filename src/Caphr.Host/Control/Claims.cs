using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>Which machines wait for a server, what the pool offers them, and what each of them gets.</summary>
internal static class Claims
{
    public static IReadOnlyDictionary<ObjectKey, Allotment> Assign(WorldView world)
    {
        List<WaitingMachine> waiting = [.. world.InfraMachines.Select(machine => WaitingFor(machine, world)).OfType<WaitingMachine>()];
        // Where everything runs, nothing is looked at for nobody.
        if (waiting.Count == 0) return new Dictionary<ObjectKey, Allotment>();
        return Allocator
            .Assign(waiting, world.Offers, MachineGroups.Placements(world))
            .ToDictionary(allotment => new ObjectKey(allotment.For.Machine.Namespace, allotment.For.Machine.Name));
    }

    /// <summary>What a machine waits for before a server is even sought, or null: it may have one.</summary>
    public static (string Reason, string Message)? NotYet(HetznerRobotMachine machine, WorldView world)
    {
        if (world.OwnerOf(machine) is not { } owner) return ("WaitingForMachine", "No Cluster API Machine owns this object yet.");
        if (owner.Metadata.BeingDeleted) return ("MachineDeleting", "The Machine is being deleted.");
        if (world.ClusterOf(machine) is not { } cluster) return ("WaitingForCluster", $"There is no Cluster {machine.Metadata.Labels.GetValueOrDefault(ClusterApi.ClusterNameLabel)} in this namespace.");
        if (world.InfraClusterOf(cluster) is not { } infraCluster) return ("WaitingForCluster", $"Cluster {cluster.Metadata.Name} has no HetznerRobotCluster.");
        if (!cluster.InfrastructureProvisioned) return ("WaitingForClusterInfrastructureReady", $"HetznerRobotCluster {infraCluster.Metadata.Name} is not provisioned yet{(infraCluster.Status.Message is { Length: > 0 } why ? $": {why}" : ".")}");
        if (WishBuilder.ImageOf(machine, infraCluster, out var whyNot) is null) return ("InvalidSpec", whyNot);
        return null;
    }

    /// <summary>
    /// Why a host that is claimed already, by a person or before the cluster had a VLAN, is not begun with; or null. Whatever has begun is not stopped:
    /// the server is the machine's, and a node that runs is not taken away from its workload.
    /// </summary>
    public static string? NotBegun(HetznerRobotHost host, HetznerRobotMachine machine, WorldView world) =>
        machine.Spec.ProviderID is not { Length: > 0 }
        && world.Server(host)?.State is not (ServerState.Working or ServerState.Provisioned)
        && world.InfraClusterOf(world.ClusterOf(machine)) is { Spec.VlanConfig: not null } cluster
        && !HostSearch.HasInternalIP(host)
            ? $"HetznerRobotCluster {cluster.Metadata.Name} has a vlanConfig: write the server's address in that VLAN to spec.internalIP of HetznerRobotHost {host.Metadata.Name}."
            : null;

    private static WaitingMachine? WaitingFor(HetznerRobotMachine machine, WorldView world)
    {
        // One that has no finalizer of ours yet keeps its place all the same: younger ones, whose own happened to be written sooner, do not overtake it.
        if (machine.Metadata.BeingDeleted
            || world.HostOf(machine) is not null
            || world.HostNamedBy(machine) is not null
            || world.IsHeld(machine)
            || WishBuilder.IsPaused(machine, world)
            || NotYet(machine, world) is not null
            || world.OwnerOf(machine) is not { Metadata.Uid: { } uid } owner) return null;

        var search = HostSearch.For(machine.Spec, new ClaimId(uid), new ObjectName(machine.Metadata.Namespace, machine.Metadata.Name), machine.Metadata.CreationTimestamp ?? world.Now) with
        {
            NeedsInternalIP = world.InfraClusterOf(world.ClusterOf(machine))?.Spec.VlanConfig is not null,
            FailureDomain = owner.Spec.FailureDomain is { Length: > 0 } domain ? domain : null,
            TakesOtherDomains = MachineGroups.TakesOtherDomains(machine, owner),
            Group = MachineGroups.GroupOf(owner),
        };
        if (WorldView.NodeOf(machine) is not { } node) return search;

        // A machine that is the node of a server already is that very server, whatever it would be chosen for today, and can become no other.
        return search with
        {
            HostRef = world.HostNumbered(node)?.Metadata.Name ?? $"(for server {new ServerNumber(node)})",
            Hardware = null,
            ImageArchitecture = null,
            InstallDisk = null,
            FailureDomain = null,
        };
    }
}
