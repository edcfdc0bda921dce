using System.Collections.Concurrent;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Talos.Calls;

namespace Caphr.Lab.StandIns;

/// <summary>Everything the stand-ins look at, at one moment, and the references between it.</summary>
internal sealed record Observed
{
    // By the list and by what is asked of it: each list is looked through once, and not once for each reference into it.
    private readonly ConcurrentDictionary<(object List, Type Key), object> _indexes = [];

    public required DateTimeOffset Now { get; init; }

    /// <summary>How many times faster than real time the Lab lives: limits that users give are in real time.</summary>
    public double TimeScale { get; init; } = 1;

    /// <summary>Where to leave word when to look again although nothing changed.</summary>
    public Alarm Alarm { get; init; } = new();

    public IReadOnlyList<CoreCluster> Clusters { get; init; } = [];

    public IReadOnlyList<CoreMachine> Machines { get; init; } = [];

    public IReadOnlyList<MachineSet> MachineSets { get; init; } = [];

    public IReadOnlyList<MachineDeployment> MachineDeployments { get; init; } = [];

    public IReadOnlyList<MachineHealthCheck> HealthChecks { get; init; } = [];

    public IReadOnlyList<TalosControlPlane> ControlPlanes { get; init; } = [];

    /// <summary>Members of the clusters' etcd, by Cluster; of those clusters only for which a node answered.</summary>
    public IReadOnlyDictionary<ObjectKey, IReadOnlyList<EtcdPeer>> EtcdMembers { get; init; } = new Dictionary<ObjectKey, IReadOnlyList<EtcdPeer>>();

    public IReadOnlyList<TalosConfig> TalosConfigs { get; init; } = [];

    public IReadOnlyList<TalosConfigTemplate> TalosConfigTemplates { get; init; } = [];

    public IReadOnlyList<HetznerRobotCluster> InfraClusters { get; init; } = [];

    public IReadOnlyList<HetznerRobotMachine> InfraMachines { get; init; } = [];

    public IReadOnlyList<HetznerRobotMachineTemplate> InfraTemplates { get; init; } = [];

    public IReadOnlyList<HetznerRobotRemediation> Remediations { get; init; } = [];

    public IReadOnlyList<HetznerRobotRemediationTemplate> RemediationTemplates { get; init; } = [];

    public IReadOnlyList<Node> Nodes { get; init; } = [];

    public IReadOnlyList<Pod> Pods { get; init; } = [];

    /// <summary>The Secrets that say how the Talos API of a cluster is reached, by their keys.</summary>
    public IReadOnlyDictionary<ObjectKey, Secret> TalosAccess { get; init; } = new Dictionary<ObjectKey, Secret>();

    public IReadOnlySet<ObjectKey> Secrets { get; init; } = new HashSet<ObjectKey>();

    public CoreCluster? Cluster(KubernetesObject inNamespaceOf, string name) => Find(Clusters, inNamespaceOf.Metadata.Namespace, name);

    public CoreCluster? ClusterOf(CoreMachine machine) => Cluster(machine, machine.Spec.ClusterName);

    /// <summary>The Cluster that names this control plane, whichever of the two came first.</summary>
    public CoreCluster? ClusterOf(TalosControlPlane plane) => Clusters.FirstOrDefault(cluster => ControlPlaneOf(cluster) == plane);

    public TalosControlPlane? ControlPlaneOf(CoreCluster cluster) => Refer(ControlPlanes, cluster, cluster.Spec.ControlPlaneRef);

    /// <summary>Paused with its whole cluster, or alone.</summary>
    public bool IsPaused(KubernetesObject of, string clusterName) => of.Metadata.CarriesPause() || Cluster(of, clusterName)?.Spec.Paused == true;

    public IEnumerable<CoreMachine> MachinesOf(CoreCluster cluster) =>
        Machines.Where(machine => machine.Metadata.Namespace == cluster.Metadata.Namespace && machine.Spec.ClusterName == cluster.Metadata.Name);

    public IEnumerable<CoreMachine> MachinesOf(MachineSet set) => Machines.Where(machine => machine.IsControlledBy(set));

    public IEnumerable<CoreMachine> MachinesOf(TalosControlPlane plane) => Machines.Where(machine => machine.IsControlledBy(plane));

    public HetznerRobotCluster? InfraOf(CoreCluster cluster) => Refer(InfraClusters, cluster, cluster.Spec.InfrastructureRef);

    public HetznerRobotMachine? InfraOf(CoreMachine machine) => Refer(InfraMachines, machine, machine.Spec.InfrastructureRef);

    public TalosConfig? BootstrapOf(CoreMachine machine) => Refer(TalosConfigs, machine, machine.Spec.Bootstrap.ConfigRef);

    public HetznerRobotMachineTemplate? InfraTemplateOf(KubernetesObject owner, ClusterApiReference? reference) => Refer(InfraTemplates, owner, reference);

    public TalosConfigTemplate? BootstrapTemplateOf(KubernetesObject owner, ClusterApiReference? reference) => Refer(TalosConfigTemplates, owner, reference);

    public Node? NodeOf(HetznerRobotMachine infra) =>
        infra.Spec.ProviderID is { } id ? Index(Nodes, node => node.Spec.ProviderID ?? "").GetValueOrDefault(id) : null;

    public Node? NodeOf(CoreMachine machine) => machine.Status.NodeRef is { } reference ? Nodes.FirstOrDefault(node => node.Metadata.Name == reference.Name) : null;

    /// <summary>Whether so much real time has passed. If not, somebody looks again when it has.</summary>
    public bool IsOver(DateTimeOffset since, TimeSpan realTime)
    {
        var end = since + (realTime / TimeScale);
        if (end > Now) Alarm.At(end);
        return end <= Now;
    }

    private T? Refer<T>(IReadOnlyList<T> candidates, KubernetesObject from, ClusterApiReference? reference)
        where T : KubernetesObject, IKubernetesResource =>
        reference?.Kind == T.Resource.Kind ? Find(candidates, from.Metadata.Namespace, reference.Name) : null;

    private T? Find<T>(IReadOnlyList<T> candidates, string @namespace, string name)
        where T : KubernetesObject => Index(candidates, candidate => candidate.Key).GetValueOrDefault(new ObjectKey(@namespace, name));

    /// <summary>Of several the first.</summary>
    private Dictionary<TKey, T> Index<TKey, T>(IReadOnlyList<T> list, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        if (_indexes.GetValueOrDefault((list, typeof(TKey))) is Dictionary<TKey, T> known) return known;
        var index = new Dictionary<TKey, T>();
        foreach (var item in list) index.TryAdd(keyOf(item), item);
        _indexes[(list, typeof(TKey))] = index;
        return index;
    }
}

/// <summary>The earliest moment that somebody asked to be woken at.</summary>
internal sealed class Alarm
{
    public DateTimeOffset? Time { get; private set; }

    public void At(DateTimeOffset time) => Time = Time < time ? Time : time;
}
