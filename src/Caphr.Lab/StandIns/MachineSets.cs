using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>
/// What Cluster API's core does about MachineSets. A Machine that is being deleted still counts, so its replacement comes when it is gone
/// and not before: its server may be the only one that is free for it.
/// </summary>
internal sealed class MachineSets(Random random)
{
    public IEnumerable<Write> Plan(Observed observed) => observed.MachineSets
        .Where(set => !observed.IsPaused(set, set.Spec.ClusterName))
        .SelectMany(set => set.Metadata.BeingDeleted ? Delete(set, observed) : Reconcile(set, observed));

    private static IEnumerable<Write> Delete(MachineSet set, Observed observed)
    {
        var machines = observed.MachinesOf(set).ToList();
        return machines.Count > 0
            ? machines.Where(machine => !machine.Metadata.BeingDeleted).Select(machine => new Write.Delete<CoreMachine>(machine))
            : Owners.LetGo(set, CoreNames.MachineSetFinalizer);
    }

    private IEnumerable<Write> Reconcile(MachineSet set, Observed observed)
    {
        if (observed.Cluster(set, set.Spec.ClusterName) is not { Metadata.BeingDeleted: false } cluster) yield break;
        var owner = Owners.Of(cluster, controller: null);
        if (Owners.Hold(set, CoreNames.MachineSetFinalizer) is { } hold)
        {
            yield return hold;
            yield break;
        }

        if (!set.Metadata.HasController() && Owners.Adopt(set, owner, cluster.Metadata.Name) is { } adopt)
        {
            yield return adopt;
            yield break;
        }

        var infra = observed.InfraTemplateOf(set, set.Spec.Template.Spec.InfrastructureRef);
        var bootstrap = observed.BootstrapTemplateOf(set, set.Spec.Template.Spec.Bootstrap.ConfigRef);
        if (Owners.Adopt(infra, owner, cluster.Metadata.Name) is { } adoptInfra) yield return adoptInfra;
        if (Owners.Adopt(bootstrap, owner, cluster.Metadata.Name) is { } adoptBootstrap) yield return adoptBootstrap;

        var machines = observed.MachinesOf(set).ToList();
        foreach (var write in Scale(set, machines, infra, bootstrap)) yield return write;
        foreach (var well in machines.Where(machine => machine.Is("HealthCheckSucceeded", "True")))
        {
            if (StandIns.Status.Become(well, well.Status, well.Status with { Conditions = [.. well.Status.Conditions.Where(condition => condition.Type != "OwnerRemediated")] }) is { } recovered) yield return recovered;
        }

        if (Count(set, machines, observed) is { } status) yield return status;
    }

    private IEnumerable<Write> Scale(MachineSet set, List<CoreMachine> machines, HetznerRobotMachineTemplate? infra, TalosConfigTemplate? bootstrap)
    {
        var lacking = (set.Spec.Replicas ?? 1) - machines.Count;
        if (lacking < 0)
        {
            var leaving = machines.OrderBy(machine => machine, new DeletionRank(set.Spec.Deletion?.Order ?? DeletionOrder.Random)).Take(-lacking);
            return leaving.Where(machine => !machine.Metadata.BeingDeleted).Select(machine => new Write.Delete<CoreMachine>(machine));
        }

        // Without its template a Machine would point at nothing. One that its health check gave up is replaced by being deleted.
        var wanted = set.Spec.Template.Spec;
        if (infra is null || (bootstrap is null && wanted.Bootstrap.ConfigRef is not null)) return [];
        return
        [
            .. machines.Where(machine => machine.WaitsForItsOwner && !machine.Metadata.BeingDeleted).Select(machine => new Write.Delete<CoreMachine>(machine)),
            .. Enumerable.Range(0, lacking).Select(_ => Make(set, infra, bootstrap)),
        ];
    }

    private Write.Together Make(MachineSet set, HetznerRobotMachineTemplate infra, TalosConfigTemplate? bootstrap)
    {
        var name = $"{set.Metadata.Name}-{random.RandomSuffix()}";
        var maker = Owners.Of(set, controller: null);
        var template = set.Spec.Template;
        var labels = new TemplateMetadata { Labels = Cloning.Merge(template.Metadata?.Labels, null, Known(set)), Annotations = template.Metadata?.Annotations };
        List<Write> parts = [];
        if (bootstrap is not null) parts.Add(new Write.Create<TalosConfig>(bootstrap.Clone(name, set.Spec.ClusterName, labels, maker)));
        parts.Add(new Write.Create<HetznerRobotMachine>(infra.Clone(name, set.Spec.ClusterName, labels, maker)));
        parts.Add(new Write.Create<CoreMachine>(new CoreMachine
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = set.Metadata.Namespace,
                Labels = Cloning.Merge(labels.Labels, null, (ClusterApi.ClusterNameLabel, set.Spec.ClusterName)),
                Annotations = Cloning.Merge(labels.Annotations, null),
                Finalizers = [CoreNames.MachineFinalizer],
                OwnerReferences = [Owners.Of(set, controller: true)],
            },
            Spec = template.Spec with
            {
                ClusterName = set.Spec.ClusterName,
                InfrastructureRef = new ClusterApiReference { ApiGroup = Infrastructure.Group, Kind = HetznerRobotMachine.Resource.Kind, Name = name },
                Bootstrap = bootstrap is null
                    ? template.Spec.Bootstrap
                    : new MachineBootstrap { ConfigRef = new ClusterApiReference { ApiGroup = TalosConfig.Resource.Group, Kind = TalosConfig.Resource.Kind, Name = name } },
            },
        }));
        return new Write.Together(parts);
    }

    /// <summary>Labels that say whose a Machine is, whether or not the template has them.</summary>
    private static (string Key, string Value)[] Known(MachineSet set) => set.Metadata.Labels.GetValueOrDefault(CoreNames.DeploymentLabel) is { } deployment
        ? [(CoreNames.MachineSetLabel, set.Metadata.Name), (CoreNames.DeploymentLabel, deployment)]
        : [(CoreNames.MachineSetLabel, set.Metadata.Name)];

    private static Write? Count(MachineSet set, List<CoreMachine> machines, Observed observed)
    {
        var current = observed.MachineDeployments.FirstOrDefault(set.IsControlledBy) is not { } deployment || Revision.IsOf(set, deployment);
        return StandIns.Status.Become(set, set.Status, ReplicaCount.Of(set.Spec.Selector, set.Metadata, machines, current ? machines : []));
    }
}
