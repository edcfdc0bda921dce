using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// Which servers may not begin anything that takes them down just now, by the limits of their cluster, and why. Only beginnings are held back: what
/// is under way ends by itself. Each replica counts what it sees, so several at once may go beyond a limit by a few.
/// </summary>
internal sealed class Brake
{
    private const int FewestFailures = 5;

    private static readonly HoldBack s_oneControlPlane = new("LimitReached", "Waiting for its turn: another control plane of the cluster is being repaired.");

    private readonly Dictionary<ServerNumber, HoldBack> _held = [];

    private Brake() { }

    public static Brake Of(WorldView world)
    {
        var brake = new Brake();
        foreach (var cluster in world.Clusters)
        {
            if (world.InfraClusterOf(cluster) is { } infraCluster) brake.Apply(cluster, infraCluster, infraCluster.Spec.Limits ?? new WorkLimits(), world);
        }

        return brake;
    }

    public HoldBack? For(HetznerRobotHost host) => _held.GetValueOrDefault(new ServerNumber(host.Spec.ServerID));

    /// <summary>Null while machines may be built. Says how many, so it is for a condition that is read, and held servers get <see cref="Pulled"/>.</summary>
    public static string? WhyStopped(Cluster cluster, HetznerRobotCluster infraCluster, WorldView world) => WhyStopped(infraCluster, [.. ServersOf(cluster, world)]);

    private static string? WhyStopped(HetznerRobotCluster infraCluster, List<ServerAtHand> servers)
    {
        var failed = servers.Count(server => server.Phase == ServerPhase.Failed);
        var most = infraCluster.Spec.Limits?.FailuresToStop ?? Math.Max(FewestFailures, servers.Count / 10);
        return failed >= most
            ? string.Create(CultureInfo.InvariantCulture, $"{failed} servers of the cluster have failed, and {most} are enough to stop (spec.limits.failuresToStop). Look at them first: mend and retry, or delete their Machines.")
            : null;
    }

    private static HoldBack Pulled(HetznerRobotCluster cluster) => new(
        "TooManyFailures", $"Too many servers of the cluster have failed, so nothing new is begun: see condition WorkAllowed of HetznerRobotCluster {cluster.Metadata.Name}.");

    private static HoldBack Full(HetznerRobotCluster cluster, string limit, int most) => new(
        "LimitReached", string.Create(CultureInfo.InvariantCulture, $"Waiting for its turn: HetznerRobotCluster {cluster.Metadata.Name} allows {most} at once (spec.limits.{limit})."));

    private void Apply(Cluster cluster, HetznerRobotCluster infraCluster, WorkLimits limits, WorldView world)
    {
        var servers = ServersOf(cluster, world).ToList();
        if (WhyStopped(infraCluster, servers) is not null)
        {
            // What goes back goes on: it is how failed servers are got rid of.
            foreach (var server in servers.Where(server => !server.IsLeaving)) _held[server.Number] = Pulled(infraCluster);
        }

        if (limits.AtOnce is { } atOnce) Limit(servers, server => server.IsAtWork, server => server.WaitsToBegin, atOnce, Full(infraCluster, "atOnce", atOnce));
        // etcd is asked before each of them goes down, and two that ask at once would both hear that it may.
        Limit([.. servers.Where(server => server.IsControlPlane)], server => server.IsUnderRepair, server => server.WaitsForRepair, most: 1, s_oneControlPlane);
        if (limits.RepairsAtOnce is { } repairs) Limit(servers, server => server.IsUnderRepair, server => server.WaitsForRepair, repairs, Full(infraCluster, "repairsAtOnce", repairs));
    }

    private void Limit(List<ServerAtHand> servers, Func<ServerAtHand, bool> counts, Func<ServerAtHand, bool> waits, int most, HoldBack hold)
    {
        var room = Math.Max(0, most - servers.Count(counts));
        foreach (var late in servers.Where(waits).OrderBy(server => server.Since).ThenBy(server => server.Number).Skip(room)) _held.TryAdd(late.Number, hold);
    }

    private static IEnumerable<ServerAtHand> ServersOf(Cluster cluster, WorldView world)
    {
        foreach (var machine in world.MachinesOf(cluster))
        {
            if (world.HostOf(machine) is not { } host) continue;
            var state = world.Server(host)?.State;
            var phase = state?.Phase ?? (Enum.TryParse<ServerPhase>(host.Status.Phase, out var shown) ? shown : ServerPhase.Claimed);
            yield return new ServerAtHand(
                new ServerNumber(host.Spec.ServerID), phase, SinceOf(state, host), machine.Metadata.BeingDeleted)
            {
                IsControlPlane = world.OwnerOf(machine) is { IsControlPlane: true },
                IsAdopted = state is ServerState.Joining { Plan.AlreadyNode: true },
                WantsRepair = WantsRepair(machine, host, state, world),
                // What waits for something else takes nobody's turn.
                CanBegin = state is { PausedSince: null }
                    && state is not ServerState.Claimed { Plan.Bootstrap: null }
                    && (state is not ServerState.Held held || HostReleases.GuardOf(host, held.Plan.Claim, world).WhyNot(held.Plan.Claim, world.Now) is null),
            };
        }
    }

    /// <summary>The same for every replica that looks, or two would each wait for the other's server.</summary>
    private static DateTimeOffset SinceOf(ServerState? state, HetznerRobotHost host) => state is not null ? MachineProjection.WholeSeconds(state.Since) : host.Status.Since ?? default;

    /// <summary>What may not begin takes nobody's turn either.</summary>
    private static bool WantsRepair(HetznerRobotMachine machine, HetznerRobotHost host, ServerState? state, WorldView world)
    {
        if (machine.Metadata.BeingDeleted || host.Spec.MaintenanceMode == true || state is { PausedSince: not null } || WishBuilder.IsPaused(machine, world)) return false;
        if (state is not null && host.Metadata.Annotations.GetValueOrDefault(Names.PowerCycleAnnotation) is { Length: > 0 } token && token != state.Answered.PowerCycle) return true;
        if (Remediations.OrderFor(machine, world) is not { } order) return false;
        // Of another replica's server it is the request that tells whether it was answered.
        return state is not null ? order.Id != state.Answered.Repair : world.RequestFor(machine)?.Status.Phase is null or RemediationPhase.Running or RemediationPhase.Waiting;
    }

    private sealed record ServerAtHand(ServerNumber Number, ServerPhase Phase, DateTimeOffset Since, bool IsLeaving)
    {
        public bool IsControlPlane { get; init; }

        public bool WantsRepair { get; init; }

        /// <summary>A node that runs already, and is only waited for.</summary>
        public bool IsAdopted { get; init; }

        public bool CanBegin { get; init; }

        public bool IsAtWork => !IsAdopted && Phase
            is ServerPhase.EnteringRescue or ServerPhase.InRescue or ServerPhase.Installing or ServerPhase.Booting or ServerPhase.Configuring or ServerPhase.Joining or ServerPhase.Releasing;

        public bool WaitsToBegin => CanBegin && (Phase == ServerPhase.Claimed || (IsLeaving && !IsAtWork));

        public bool IsUnderRepair => Phase == ServerPhase.Remediating;

        public bool WaitsForRepair => WantsRepair && Phase == ServerPhase.Provisioned;
    }
}
