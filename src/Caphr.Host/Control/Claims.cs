using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using LabelOperator = Caphr.Actors.Allocation.LabelOperator;

namespace Caphr.Host.Control;

/// <summary>Which machines wait for a server, what the pool offers them, and what each of them gets.</summary>
internal static class Claims
{
    public static IReadOnlyDictionary<ObjectKey, Allotment> Assign(WorldView world) => Allocator
        .Assign(world.InfraMachines.Select(machine => WaitingFor(machine, world)).OfType<WaitingMachine>(), world.Hosts.Select(host => OfferOf(host, world)))
        .ToDictionary(allotment => new ObjectKey(allotment.For.Machine.Namespace, allotment.For.Machine.Name));

    /// <summary>What a machine waits for before a server is even sought, or null: it may have one.</summary>
    public static (string Reason, string Message)? NotYet(HetznerRobotMachine machine, WorldView world)
    {
        if (world.OwnerOf(machine) is not { } owner) return ("WaitingForMachine", "No Cluster API Machine owns this object yet.");
        if (owner.Metadata.BeingDeleted) return ("MachineDeleting", "The Machine is being deleted.");
        if (world.ClusterOf(machine) is not { } cluster) return ("WaitingForCluster", $"There is no Cluster {machine.Metadata.Labels.GetValueOrDefault(ClusterApi.ClusterNameLabel)} in this namespace.");
        if (world.InfraClusterOf(cluster) is not { } infraCluster) return ("WaitingForCluster", $"Cluster {cluster.Metadata.Name} has no HetznerRobotCluster.");
        if (!cluster.InfrastructureProvisioned) return ("WaitingForClusterInfrastructureReady", $"HetznerRobotCluster {infraCluster.Metadata.Name} is not provisioned yet: {infraCluster.Status.Message}");
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
        && !HasInternalIP(host)
            ? $"HetznerRobotCluster {cluster.Metadata.Name} has a vlanConfig: write the server's address in that VLAN to spec.internalIP of HetznerRobotHost {host.Metadata.Name}."
            : null;

    private static WaitingMachine? WaitingFor(HetznerRobotMachine machine, WorldView world)
    {
        // Without our finalizer the machine could vanish with its server still running, so the claim comes after it.
        if (machine.Metadata.BeingDeleted
            || !machine.Metadata.Finalizers.Contains(Names.MachineFinalizer)
            || world.HostOf(machine) is not null
            || world.HostNamedBy(machine) is not null
            || world.IsHeld(machine)
            || WishBuilder.IsPaused(machine, world)
            || NotYet(machine, world) is not null
            || world.OwnerOf(machine)?.Metadata.Uid is not { } uid) return null;

        return new WaitingMachine(
            new ClaimId(uid),
            new ObjectName(machine.Metadata.Namespace, machine.Metadata.Name),
            machine.Metadata.CreationTimestamp ?? world.Now,
            HostNamedBy(machine, world),
            machine.Spec.HostSelector is { } selector ? SelectorOf(selector) : null)
        {
            NeedsInternalIP = world.InfraClusterOf(world.ClusterOf(machine))?.Spec.VlanConfig is not null,
        };
    }

    /// <summary>A machine that has a providerID is that very server and can become no other.</summary>
    private static string? HostNamedBy(HetznerRobotMachine machine, WorldView world)
    {
        if (machine.Spec.ProviderID is not { Length: > 0 } providerId) return machine.Spec.HostRef?.Name;
        var number = providerId[(providerId.LastIndexOf('/') + 1)..];
        return world.Hosts.FirstOrDefault(host => new ServerNumber(host.Spec.ServerID).ToString() == number)?.Metadata.Name ?? $"(for server {number})";
    }

    private static HostOffer OfferOf(HetznerRobotHost host, WorldView world)
    {
        var server = world.Server(host);
        return new HostOffer(
            new ServerNumber(host.Spec.ServerID),
            new ObjectName(host.Metadata.Namespace, host.Metadata.Name),
            host.Metadata.Labels,
            server?.State.Phase ?? PhaseShown(host, world),
            TakenBy(host, server),
            host.Spec.MaintenanceMode == true || host.Metadata.CarriesPause(),
            host.Metadata.BeingDeleted)
        {
            HasInternalIP = HasInternalIP(host),
            ReleasedFor = HostReleases.ClaimsOf(host, world),
        };
    }

    private static bool HasInternalIP(HetznerRobotHost host) => host.Spec.InternalIP is { Length: > 0 };

    /// <summary>Of a server that another replica works, its status tells; of ours, only the server itself.</summary>
    private static ServerPhase PhaseShown(HetznerRobotHost host, WorldView world) =>
        !world.Works(host) && Enum.TryParse<ServerPhase>(host.Status.Phase, out var phase) ? phase : ServerPhase.Registered;

    private static string? TakenBy(HetznerRobotHost host, ServerSnapshot? server) => host switch
    {
        { Spec.ConsumerRef: { } consumer } => $"{consumer.Namespace}/{consumer.Name}",
        _ => (server?.State as ServerState.Held)?.Plan.Machine.ToString(),
    };

    private static HostSelector SelectorOf(LabelSelector selector) => new(
        selector.MatchLabels ?? new Dictionary<string, string>(),
        [.. (selector.MatchExpressions ?? []).Select(rule => new LabelRule(rule.Key, OperatorOf(rule.Operator), rule.Values ?? []))]);

    private static LabelOperator OperatorOf(Protocols.Kubernetes.Resources.LabelOperator op) => op switch
    {
        Protocols.Kubernetes.Resources.LabelOperator.In => LabelOperator.In,
        Protocols.Kubernetes.Resources.LabelOperator.NotIn => LabelOperator.NotIn,
        Protocols.Kubernetes.Resources.LabelOperator.Exists => LabelOperator.Exists,
        Protocols.Kubernetes.Resources.LabelOperator.DoesNotExist => LabelOperator.DoesNotExist,
    };
}
