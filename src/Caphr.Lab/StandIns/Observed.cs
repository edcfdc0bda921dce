using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>Everything the stand-ins look at, at one moment, and the references between it.</summary>
internal sealed record Observed
{
    public required DateTimeOffset Now { get; init; }

    public IReadOnlyList<CoreCluster> Clusters { get; init; } = [];

    public IReadOnlyList<CoreMachine> Machines { get; init; } = [];

    public IReadOnlyList<TalosConfig> TalosConfigs { get; init; } = [];

    public IReadOnlyList<HetznerRobotCluster> InfraClusters { get; init; } = [];

    public IReadOnlyList<HetznerRobotMachine> InfraMachines { get; init; } = [];

    public IReadOnlyList<Node> Nodes { get; init; } = [];

    public IReadOnlySet<ObjectKey> Secrets { get; init; } = new HashSet<ObjectKey>();

    public CoreCluster? ClusterOf(CoreMachine machine) => Find(Clusters, machine.Metadata.Namespace, machine.Spec.ClusterName);

    public IEnumerable<CoreMachine> MachinesOf(CoreCluster cluster) =>
        Machines.Where(machine => machine.Metadata.Namespace == cluster.Metadata.Namespace && machine.Spec.ClusterName == cluster.Metadata.Name);

    public HetznerRobotCluster? InfraOf(CoreCluster cluster) => Refer(InfraClusters, cluster, cluster.Spec.InfrastructureRef);

    public HetznerRobotMachine? InfraOf(CoreMachine machine) => Refer(InfraMachines, machine, machine.Spec.InfrastructureRef);

    public TalosConfig? BootstrapOf(CoreMachine machine) => Refer(TalosConfigs, machine, machine.Spec.Bootstrap.ConfigRef);

    public Node? NodeOf(HetznerRobotMachine infra) =>
        infra.Spec.ProviderID is { } id ? Nodes.FirstOrDefault(node => node.Spec.ProviderID == id) : null;

    private static T? Refer<T>(IReadOnlyList<T> candidates, KubernetesObject from, ClusterApiReference? reference)
        where T : KubernetesObject, IKubernetesResource =>
        reference?.Kind == T.Resource.Kind ? Find(candidates, from.Metadata.Namespace, reference.Name) : null;

    private static T? Find<T>(IReadOnlyList<T> candidates, string @namespace, string name)
        where T : KubernetesObject => candidates.FirstOrDefault(candidate => candidate.Key == new ObjectKey(@namespace, name));
}
