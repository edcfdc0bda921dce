using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>
/// The Talos control plane provider. It makes all its Machines without waiting for the first to boot, takes them away one by one and only
/// from an etcd that is whole, and lets no member stay that it cannot match with a Machine.
/// </summary>
internal sealed class TalosControlPlanes(EtcdWatch etcd, Random random)
{
    private const string Finalizer = "talos.controlplane.cluster.x-k8s.io";

    public IEnumerable<Write> Plan(Observed observed) =>
        from plane in observed.ControlPlanes
        let cluster = observed.ClusterOf(plane)
        where cluster is not null && !observed.IsPaused(plane, cluster.Metadata.Name)
        from write in plane.Metadata.BeingDeleted ? Delete(plane, observed) : Reconcile(plane, cluster, observed)
        select write;

    private static IEnumerable<Write> Delete(TalosControlPlane plane, Observed observed)
    {
        var machines = observed.MachinesOf(plane).ToList();
        return machines.Count > 0
            ? machines.Where(machine => !machine.Metadata.BeingDeleted).Select(machine => new Write.Delete<CoreMachine>(machine))
            : Owners.LetGo(plane, Finalizer);
    }

    private IEnumerable<Write> Reconcile(TalosControlPlane plane, CoreCluster cluster, Observed observed)
    {
        if (Owners.Hold(plane, Finalizer) is { } hold)
        {
            yield return hold;
            yield break;
        }

        var template = observed.InfraTemplateOf(plane, plane.Spec.InfrastructureTemplate);
        if (Owners.Adopt(template, Owners.Of(cluster, controller: null), cluster.Metadata.Name) is { } adopt) yield return adopt;
        var crew = ControlPlaneCrew.Of(plane, cluster, observed);
        if (cluster.Status.Initialization.InfrastructureProvisioned == true && cluster.Spec.ControlPlaneEndpoint?.Host is { Length: > 0 })
        {
            foreach (var write in Audit(crew, cluster)) yield return write;
            foreach (var write in Resize(plane, crew, template, observed)) yield return write;
        }

        if (crew.Report(plane, observed) is { } status) yield return status;
    }

    /// <summary>Nobody who is not known stays a member. With a Machine that has no node yet nobody can be told to be unknown.</summary>
    private IEnumerable<Write> Audit(ControlPlaneCrew crew, CoreCluster cluster)
    {
        if (crew.Members is null || crew.Machines is not [var first, ..] || EtcdWatch.AddressOf(first) is not { } door) return [];
        return crew.Strangers.Select(member => new Write.Act(cancellation => etcd.RemoveAsync(cluster, door, member.Id, cancellation)));
    }

    private IEnumerable<Write> Resize(TalosControlPlane plane, ControlPlaneCrew crew, HetznerRobotMachineTemplate? template, Observed observed)
    {
        var wanted = plane.Spec.Replicas ?? 1;
        var rolls = crew.Outdated.Count > 0 && plane.Spec.RolloutStrategy?.Type != RolloutType.OnDelete;
        var most = rolls ? wanted + (plane.Spec.RolloutStrategy?.RollingUpdate?.MaxSurge ?? new IntOrPercent(1)).Value : wanted;
        if (crew.Machines.Count < most) return template is null ? [] : [Make(plane, crew.Cluster, template, observed)];
        return crew.Machines.Count > wanted || rolls ? Shrink(crew, observed) : [];
    }

    private Write.Together Make(TalosControlPlane plane, CoreCluster cluster, HetznerRobotMachineTemplate template, Observed observed)
    {
        // Three names by chance, as the provider gives them: nobody may count on a Machine being called like its server.
        string Name() => $"{plane.Metadata.Name}-{random.RandomSuffix()}";
        var maker = Owners.Of(plane, controller: null);
        var infra = template.Clone(Name(), cluster.Metadata.Name, labelled: null, maker);
        var config = new TalosConfig
        {
            Metadata = new ObjectMeta { Name = Name(), Namespace = plane.Metadata.Namespace, OwnerReferences = [maker with { BlockOwnerDeletion = true }] },
            Spec = plane.Spec.ControlPlaneConfig.Controlplane,
        };
        var domains = observed.InfraOf(cluster)?.Status.FailureDomains.Where(domain => domain.ControlPlane == true).Select(domain => domain.Name).ToList() ?? [];
        return new Write.Together(
        [
            new Write.Create<HetznerRobotMachine>(infra),
            new Write.Create<TalosConfig>(config),
            new Write.Create<CoreMachine>(new CoreMachine
            {
                Metadata = new ObjectMeta
                {
                    Name = Name(),
                    Namespace = plane.Metadata.Namespace,
                    Labels = new Dictionary<string, string> { [ClusterApi.ClusterNameLabel] = cluster.Metadata.Name, [ClusterApi.ControlPlaneLabel] = "" },
                    OwnerReferences = [Owners.Of(plane, controller: true)],
                },
                Spec = new CoreMachineSpec
                {
                    ClusterName = cluster.Metadata.Name,
                    Version = plane.Spec.Version,
                    FailureDomain = domains.Count == 0 ? null : domains[random.Next(domains.Count)],
                    InfrastructureRef = new ClusterApiReference { ApiGroup = Infrastructure.Group, Kind = HetznerRobotMachine.Resource.Kind, Name = infra.Metadata.Name },
                    Bootstrap = new MachineBootstrap { ConfigRef = new ClusterApiReference { ApiGroup = TalosConfig.Resource.Group, Kind = TalosConfig.Resource.Kind, Name = config.Metadata.Name } },
                },
            }),
        ]);
    }

    /// <summary>Out of etcd, then the Machine, then the Node; never the last one, and never while another is on its way out or in.</summary>
    private IEnumerable<Write> Shrink(ControlPlaneCrew crew, Observed observed)
    {
        if (crew.Machines.Count == 1 || !crew.EtcdIsWhole || crew.Machines.Any(machine => machine.Metadata.BeingDeleted || machine.Status.NodeRef is null)) return [];
        var leaving = crew.NextToGo;
        if (EtcdWatch.AddressOf(leaving) is not { } address) return [];
        List<Write> parts = [new Write.Act(cancellation => etcd.LeaveAsync(crew.Cluster, address, cancellation)), new Write.Delete<CoreMachine>(leaving)];
        if (observed.NodeOf(leaving) is { } node) parts.Add(new Write.Delete<Node>(node));
        return [new Write.Together(parts)];
    }
}
