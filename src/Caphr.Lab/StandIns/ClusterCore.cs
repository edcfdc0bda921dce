using System.Diagnostics;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>What Cluster API's core does about Clusters whose infrastructure is a HetznerRobotCluster.</summary>
internal static class ClusterCore
{
    private const string Finalizer = "cluster.cluster.x-k8s.io";

    public static IEnumerable<Write> Plan(Observed observed) => observed.Clusters
        .Where(cluster => cluster.Spec.Paused != true && !cluster.Metadata.CarriesPause())
        .SelectMany(cluster => cluster.Metadata.BeingDeleted ? Delete(cluster, observed) : Reconcile(cluster, observed));

    private static IEnumerable<Write> Reconcile(CoreCluster cluster, Observed observed)
    {
        var infra = observed.InfraOf(cluster);

        // A plain owner: only clusters of a topology control their infrastructure.
        var owner = Owners.Of(cluster, controller: null);
        if (Owners.Adopt(infra, owner, cluster.Metadata.Name) is { } adopt) yield return adopt;
        if (Owners.Adopt(observed.ControlPlaneOf(cluster), owner, cluster.Metadata.Name) is { } adoptPlane) yield return adoptPlane;
        if ((Owners.Hold(cluster, Finalizer) ?? Spec(cluster, infra) ?? Status(cluster, infra, observed)) is { } write) yield return write;
    }

    private static Write.Change<CoreCluster>? Spec(CoreCluster cluster, HetznerRobotCluster? infra)
    {
        // The endpoint is copied once, and only after the infrastructure said that it is provisioned.
        if (infra?.Status.Initialization?.Provisioned != true || cluster.Spec.ControlPlaneEndpoint?.Host is { Length: > 0 }) return null;
        if (infra.Spec.ControlPlaneEndpoint is not { Host.Length: > 0 } endpoint) return null;
        return new Write.Change<CoreCluster>(cluster, new JsonObject
        {
            ["spec"] = new JsonObject { ["controlPlaneEndpoint"] = new JsonObject { ["host"] = endpoint.Host, ["port"] = endpoint.Port } },
        });
    }

    private static Write? Status(CoreCluster cluster, HetznerRobotCluster? infra, Observed observed)
    {
        // Both are one-way: what was provisioned or initialized once stays so.
        var provisioned = cluster.Status.Initialization.InfrastructureProvisioned == true || infra?.Status.Initialization?.Provisioned == true;
        var initialized = cluster.Status.Initialization.ControlPlaneInitialized == true || IsInitialized(cluster, observed);
        return StandIns.Status.Become(cluster, cluster.Status, cluster.Status with
        {
            Phase = provisioned ? "Provisioned" : "Provisioning",
            Initialization = new ClusterInitialization { InfrastructureProvisioned = provisioned, ControlPlaneInitialized = initialized },
            Conditions = cluster.Status.Conditions.WithInfrastructure(infra?.Status.Conditions, observed.Now)
                .With("ControlPlaneInitialized", initialized, initialized ? "Initialized" : "NotInitialized", "", observed.Now),
        });
    }

    /// <summary>As the provider of the control plane says; without one, by the first node of any of its Machines.</summary>
    private static bool IsInitialized(CoreCluster cluster, Observed observed) => cluster.Spec.ControlPlaneRef is null
        ? observed.MachinesOf(cluster).Any(machine => machine.IsControlPlane && machine.Status.NodeRef is not null)
        : observed.ControlPlaneOf(cluster)?.Status.Initialization.ControlPlaneInitialized == true;

    /// <summary>
    /// Workers and those who make them first, then the control plane, the infrastructure last: its credentials are needed until no server
    /// is left. Only what the Cluster owns itself is deleted here; the rest goes with its owners.
    /// </summary>
    private static IEnumerable<Write> Delete(CoreCluster cluster, Observed observed)
    {
        var hasProvider = cluster.Spec.ControlPlaneRef is not null;
        IReadOnlyList<KubernetesObject> descendants =
        [
            .. observed.MachineDeployments.Where(deployment => observed.Cluster(deployment, deployment.Spec.ClusterName) == cluster),
            .. observed.MachineSets.Where(set => observed.Cluster(set, set.Spec.ClusterName) == cluster),
            .. observed.MachinesOf(cluster).Where(machine => !(hasProvider && machine.IsControlPlane)),
        ];
        if (descendants.Count > 0) return descendants.Where(child => !child.Metadata.HasController()).SelectMany(Deletion);
        if (observed.ControlPlaneOf(cluster) is { } plane) return Deletion(plane);
        return observed.InfraOf(cluster) is { } infra ? Deletion(infra) : Owners.LetGo(cluster, Finalizer);
    }

    private static IEnumerable<Write> Deletion(KubernetesObject child) => child switch
    {
        { Metadata.BeingDeleted: true } => [],
        MachineDeployment deployment => [new Write.Delete<MachineDeployment>(deployment)],
        MachineSet set => [new Write.Delete<MachineSet>(set)],
        CoreMachine machine => [new Write.Delete<CoreMachine>(machine)],
        TalosControlPlane plane => [new Write.Delete<TalosControlPlane>(plane)],
        HetznerRobotCluster infra => [new Write.Delete<HetznerRobotCluster>(infra)],
        _ => throw new UnreachableException($"A Cluster has no descendants of this kind: {child.GetType().Name}."),
    };
}
