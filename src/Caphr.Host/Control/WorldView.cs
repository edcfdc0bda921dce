using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>Everything the controller knows at one moment: the objects, as far as the watches have brought them, and the servers' own standing.</summary>
internal sealed class WorldView(
    IReadOnlyList<HetznerRobotCluster> infraClusters,
    IReadOnlyList<HetznerRobotHost> hosts,
    IReadOnlyList<HetznerRobotMachine> infraMachines,
    IReadOnlyList<Cluster> clusters,
    IReadOnlyList<Machine> machines,
    IReadOnlyDictionary<ServerNumber, ServerSnapshot> servers,
    IReadOnlyDictionary<ObjectKey, ClusterHealth> health,
    DateTimeOffset now)
{
    private readonly Dictionary<ObjectKey, HetznerRobotCluster> _infraClusters = infraClusters.ToDictionary(one => one.Key);
    private readonly Dictionary<ObjectKey, HetznerRobotMachine> _infraMachines = infraMachines.ToDictionary(one => one.Key);
    private readonly Dictionary<ObjectKey, Cluster> _clusters = clusters.ToDictionary(one => one.Key);
    private readonly Dictionary<ObjectKey, Machine> _machines = machines.ToDictionary(one => one.Key);

    private readonly HashSet<ObjectKey> _held =
        [.. servers.Values.Select(server => server.State).OfType<ServerState.Held>().Select(held => new ObjectKey(held.Plan.Machine.Namespace, held.Plan.Machine.Name))];

    public DateTimeOffset Now { get; } = now;

    public IReadOnlyList<HetznerRobotCluster> InfraClusters { get; } = infraClusters;

    /// <summary>One host for each server. A second host with the same number is in <see cref="Doubles"/> and nothing is done for it.</summary>
    public IReadOnlyList<HetznerRobotHost> Hosts { get; } = [.. BySeniority(hosts).DistinctBy(host => host.Spec.ServerID)];

    public IReadOnlyList<HetznerRobotHost> Doubles { get; } = [.. BySeniority(hosts).GroupBy(host => host.Spec.ServerID).SelectMany(same => same.Skip(1))];

    public IReadOnlyList<HetznerRobotMachine> InfraMachines { get; } = infraMachines;

    public ServerSnapshot? Server(HetznerRobotHost host) => servers.GetValueOrDefault(new ServerNumber(host.Spec.ServerID));

    public ClusterHealth? Health(HetznerRobotCluster cluster) => health.GetValueOrDefault(cluster.Key);

    public Machine? OwnerOf(HetznerRobotMachine machine) =>
        machine.Metadata.OwnerOf(Machine.Resource) is { } owner ? _machines.GetValueOrDefault(new ObjectKey(machine.Metadata.Namespace, owner.Name)) : null;

    public Cluster? ClusterOf(HetznerRobotMachine machine) => ClusterNamed(machine.Metadata);

    /// <summary>By owner reference once core has set it, or by the label that users write themselves.</summary>
    public Cluster? ClusterOf(HetznerRobotCluster cluster) =>
        cluster.Metadata.OwnerOf(Cluster.Resource) is { } owner
            ? _clusters.GetValueOrDefault(new ObjectKey(cluster.Metadata.Namespace, owner.Name))
            : ClusterNamed(cluster.Metadata);

    public HetznerRobotCluster? InfraClusterOf(Cluster? cluster) => cluster?.Spec.InfrastructureRef is { } reference
        ? _infraClusters.GetValueOrDefault(new ObjectKey(cluster.Metadata.Namespace, reference.Name))
        : null;

    /// <summary>The machine that a host's claim names, if it is still the same one.</summary>
    public HetznerRobotMachine? Consumer(HetznerRobotHost host) =>
        host.Spec.ConsumerRef is { } consumer
        && _infraMachines.GetValueOrDefault(new ObjectKey(consumer.Namespace, consumer.Name)) is { } machine
        && machine.Metadata.OwnerOf(Machine.Resource)?.Uid == consumer.Uid
            ? machine
            : null;

    public HetznerRobotHost? HostOf(HetznerRobotMachine machine) =>
        Hosts.FirstOrDefault(host => host.Spec.ConsumerRef is { } consumer && consumer.Name == machine.Metadata.Name && consumer.Namespace == machine.Metadata.Namespace);

    /// <summary>A server works for this machine, whatever its HetznerRobotHost says or whether there still is one.</summary>
    public bool IsHeld(HetznerRobotMachine machine) => _held.Contains(machine.Key);

    /// <summary>Whose credentials a host without a claim is looked up with: its cluster's by label, or any cluster's of its namespace.</summary>
    public HetznerRobotCluster? AccountFor(HetznerRobotHost host) => Consumer(host) is { } consumer && InfraClusterOf(ClusterOf(consumer)) is { } own
        ? own
        : InfraClusterOf(ClusterNamed(host.Metadata))
            ?? InfraClusters.Where(cluster => cluster.Metadata.Namespace == host.Metadata.Namespace).OrderBy(cluster => cluster.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();

    private Cluster? ClusterNamed(ObjectMeta metadata) => metadata.Labels.TryGetValue(ClusterApi.ClusterNameLabel, out var name)
        ? _clusters.GetValueOrDefault(new ObjectKey(metadata.Namespace, name))
        : null;

    private static IOrderedEnumerable<HetznerRobotHost> BySeniority(IReadOnlyList<HetznerRobotHost> hosts) =>
        hosts.OrderBy(host => host.Metadata.CreationTimestamp).ThenBy(host => host.Key.ToString(), StringComparer.Ordinal);
}

/// <summary>What came of trying a cluster's credentials. A null reason: they work.</summary>
internal sealed record ClusterHealth(string? Reason, string Message);
