using Caphr.Actors.Allocation;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>Which Machines belong together, so that one data centre does not take all of them with it.</summary>
internal static class MachineGroups
{
    /// <summary>A control plane, a MachineDeployment, or a MachineSet of its own. Machines that a person made one by one are of no group.</summary>
    public static string? GroupOf(Machine machine)
    {
        var cluster = $"{machine.Metadata.Namespace}/{machine.Spec.ClusterName}";
        if (machine.IsControlPlane) return $"{cluster} control plane";
        if (machine.Metadata.Labels.TryGetValue(ClusterApi.DeploymentNameLabel, out var deployment)) return $"{cluster} deployment {deployment}";
        return machine.Metadata.Labels.TryGetValue(ClusterApi.SetNameLabel, out var set) ? $"{cluster} set {set}" : null;
    }

    /// <summary>
    /// A control plane provider spreads its Machines over whatever failure domains the cluster lists, without knowing which of them has a free server: a
    /// proposal. What a person wrote into a Machine or a MachineDeployment is an order.
    /// </summary>
    public static bool TakesOtherDomains(HetznerRobotMachine machine, Machine owner) => machine.Spec.FailureDomainPolicy is { } policy
        ? policy == FailureDomainPolicy.Preferred
        : owner.IsControlPlane && owner.Metadata.OwnerReferences.Any(reference => reference.Controller == true);

    /// <summary>Where members stand who have their server. One that is going leaves room for the one that takes its place.</summary>
    public static IEnumerable<Placement> Placements(WorldView world) =>
        from machine in world.InfraMachines
        where !machine.Metadata.BeingDeleted
        let owner = world.OwnerOf(machine)
        where owner is { Metadata.BeingDeleted: false }
        let host = world.HostOf(machine)
        where host is not null
        let domain = HostSearch.DomainOf(host, world.Server(host))
        let members = GroupOf(owner)
        where domain is not null && members is not null
        select new Placement(members, domain);
}
