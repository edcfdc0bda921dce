using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>What Cluster API's core does about MachineDeployments: one MachineSet for each template there was, and Machines that move to the newest.</summary>
internal static class MachineDeployments
{
    public static IEnumerable<Write> Plan(Observed observed) => observed.MachineDeployments
        .Where(deployment => !observed.IsPaused(deployment, deployment.Spec.ClusterName))
        .SelectMany(deployment => deployment.Metadata.BeingDeleted ? Delete(deployment, observed) : Reconcile(deployment, observed));

    private static IEnumerable<Write> Delete(MachineDeployment deployment, Observed observed)
    {
        var sets = SetsOf(deployment, observed);
        return sets.Count > 0
            ? sets.Where(set => !set.Metadata.BeingDeleted).Select(set => new Write.Delete<MachineSet>(set))
            : Owners.LetGo(deployment, CoreNames.MachineDeploymentFinalizer);
    }

    private static IEnumerable<Write> Reconcile(MachineDeployment deployment, Observed observed)
    {
        if (observed.Cluster(deployment, deployment.Spec.ClusterName) is not { Metadata.BeingDeleted: false } cluster) yield break;
        var owner = Owners.Of(cluster, controller: null);
        if ((Owners.Hold(deployment, CoreNames.MachineDeploymentFinalizer) ?? Owners.Adopt(deployment, owner, cluster.Metadata.Name)) is { } metadata)
        {
            yield return metadata;
            yield break;
        }

        var sets = SetsOf(deployment, observed);
        foreach (var write in deployment.Spec.Paused == true ? [] : Roll(deployment, sets, observed)) yield return write;
        var machines = sets.SelectMany(observed.MachinesOf).ToList();
        var current = sets.Where(set => Revision.IsOf(set, deployment)).SelectMany(observed.MachinesOf).ToList();
        if (StandIns.Status.Become(deployment, deployment.Status, ReplicaCount.Of(deployment.Spec.Selector, deployment.Metadata, machines, current)) is { } status) yield return status;
    }

    private static IEnumerable<Write> Roll(MachineDeployment deployment, List<MachineSet> sets, Observed observed)
    {
        if (sets.FirstOrDefault(set => Revision.IsOf(set, deployment)) is not { } newest) return [new Write.Create<MachineSet>(NextSet(deployment, sets))];
        if (KeepUp(newest, deployment, sets) is { } change) return [change];

        var sizes = Rollout.Sizes(deployment, newest, [.. sets.Where(set => set != newest)], observed);
        return
        [
            .. sizes.Where(size => size.Key.Spec.Replicas != size.Value).Select(size => Resize(size.Key, size.Value)),
            .. sets.Where(set => set != newest && set.Spec.Replicas == 0 && !set.Metadata.BeingDeleted && !observed.MachinesOf(set).Any()).Select(set => new Write.Delete<MachineSet>(set)),
        ];
    }

    private static MachineSet NextSet(MachineDeployment deployment, List<MachineSet> sets)
    {
        var hash = Revision.Of(deployment.Spec.Template);
        var labels = Cloning.Merge(
            deployment.Spec.Template.Metadata?.Labels,
            null,
            (ClusterApi.ClusterNameLabel, deployment.Spec.ClusterName),
            (CoreNames.DeploymentLabel, deployment.Metadata.Name),
            (CoreNames.TemplateHashLabel, hash));
        return new MachineSet
        {
            Metadata = new ObjectMeta
            {
                // The hash names the set, so a set that is made twice is refused and not a second one.
                Name = $"{deployment.Metadata.Name}-{hash}",
                Namespace = deployment.Metadata.Namespace,
                Labels = labels,
                Annotations = new Dictionary<string, string> { [CoreNames.RevisionAnnotation] = NextRevision(sets) },
                Finalizers = [CoreNames.MachineSetFinalizer],
                OwnerReferences = [Owners.Of(deployment, controller: true)],
            },
            Spec = new MachineSetSpec
            {
                ClusterName = deployment.Spec.ClusterName,
                Replicas = 0,
                Selector = deployment.Spec.Selector with { MatchLabels = Cloning.Merge(deployment.Spec.Selector.MatchLabels, null, (CoreNames.TemplateHashLabel, hash)) },
                Template = deployment.Spec.Template with { Metadata = new TemplateMetadata { Labels = labels, Annotations = deployment.Spec.Template.Metadata?.Annotations } },
                Deletion = deployment.Spec.Deletion,
            },
        };
    }

    /// <summary>A template that was gone back to becomes the newest revision again; the order of deletion follows at once.</summary>
    private static Write.Change<MachineSet>? KeepUp(MachineSet newest, MachineDeployment deployment, List<MachineSet> sets)
    {
        var body = new JsonObject();
        if (sets.Any(set => set != newest && Revision.Number(set) >= Revision.Number(newest)))
            body["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [CoreNames.RevisionAnnotation] = NextRevision(sets) } };
        if (newest.Spec.Deletion?.Order != deployment.Spec.Deletion?.Order)
            body["spec"] = new JsonObject { ["deletion"] = deployment.Spec.Deletion?.Order is { } order ? new JsonObject { ["order"] = order.ToString() } : null };
        return body.Count == 0 ? null : new Write.Change<MachineSet>(newest, body);
    }

    private static string NextRevision(List<MachineSet> sets) => (sets.Select(Revision.Number).DefaultIfEmpty().Max() + 1).ToString(CultureInfo.InvariantCulture);

    private static Write.Change<MachineSet> Resize(MachineSet set, int replicas) => new(set, new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } });

    private static List<MachineSet> SetsOf(MachineDeployment deployment, Observed observed) =>
        [.. observed.MachineSets.Where(set => set.IsControlledBy(deployment)).OrderBy(Revision.Number)];
}
