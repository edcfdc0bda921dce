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
        if (Owners.Adopt(infra, Owners.Of(cluster, controller: null), cluster.Metadata.Name) is { } adopt) yield return adopt;
        if ((Spec(cluster, infra) ?? Status(cluster, infra, observed)) is { } write) yield return write;
    }

    private static Write.Change<CoreCluster>? Spec(CoreCluster cluster, HetznerRobotCluster? infra)
    {
        if (!cluster.Metadata.Finalizers.Contains(Finalizer))
        {
            return new Write.Change<CoreCluster>(cluster, new JsonObject
            {
                ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray([.. cluster.Metadata.Finalizers, Finalizer]) },
            });
        }

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
        var initialized = cluster.Status.Initialization.ControlPlaneInitialized == true
            || observed.MachinesOf(cluster).Any(machine => machine.Metadata.Labels.ContainsKey(ClusterApi.ControlPlaneLabel) && machine.Status.NodeRef is not null);
        return StandIns.Status.Become(cluster, cluster.Status, cluster.Status with
        {
            Phase = provisioned ? "Provisioned" : "Provisioning",
            Initialization = new ClusterInitialization { InfrastructureProvisioned = provisioned, ControlPlaneInitialized = initialized },
            Conditions = cluster.Status.Conditions.WithInfrastructure(infra?.Status.Conditions, observed.Now),
        });
    }

    /// <summary>Machines first, the infrastructure last: its credentials are needed until no server is left.</summary>
    private static IEnumerable<Write> Delete(CoreCluster cluster, Observed observed)
    {
        var machines = observed.MachinesOf(cluster).ToList();
        if (machines.Count > 0) return machines.Where(machine => !machine.Metadata.BeingDeleted).Select(machine => new Write.Delete<CoreMachine>(machine));
        if (observed.InfraOf(cluster) is { } infra) return infra.Metadata.BeingDeleted ? [] : [new Write.Delete<HetznerRobotCluster>(infra)];
        return
        [
            new Write.Change<CoreCluster>(cluster, new JsonObject
            {
                ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray([.. cluster.Metadata.Finalizers.Where(other => other != Finalizer)]) },
            }),
        ];
    }
}
