using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>What Cluster API's core does about Machines whose infrastructure is a HetznerRobotMachine.</summary>
internal static class MachineCore
{
    private const string Finalizer = "machine.cluster.x-k8s.io";

    private static readonly string[] s_deletionHooks = ["pre-drain.delete.hook.machine.cluster.x-k8s.io/", "pre-terminate.delete.hook.machine.cluster.x-k8s.io/"];

    public static IEnumerable<Write> Plan(Observed observed) => observed.Machines.SelectMany(machine =>
    {
        var cluster = observed.ClusterOf(machine);
        if (cluster?.Spec.Paused == true || machine.Metadata.CarriesPause()) return [];
        return machine.Metadata.BeingDeleted ? Delete(machine, observed) : cluster is null ? [] : Reconcile(machine, cluster, observed);
    });

    private static IEnumerable<Write> Reconcile(CoreMachine machine, CoreCluster cluster, Observed observed)
    {
        var infra = observed.InfraOf(machine);
        var bootstrap = observed.BootstrapOf(machine);
        var owner = Owners.Of(machine, controller: true);
        if (Owners.Adopt(infra, owner, cluster.Metadata.Name) is { } adoptInfra) yield return adoptInfra;
        if (Owners.Adopt(bootstrap, owner, cluster.Metadata.Name) is { } adoptBootstrap) yield return adoptBootstrap;
        if ((Metadata(machine, cluster) ?? Spec(machine, infra, bootstrap) ?? Status(machine, infra, observed)) is { } write) yield return write;
    }

    private static Write? Metadata(CoreMachine machine, CoreCluster cluster) => machine.Metadata.Finalizers.Contains(Finalizer)
        ? Owners.Adopt(machine, Owners.Of(cluster, controller: null), cluster.Metadata.Name)
        : Finalizers(machine, [.. machine.Metadata.Finalizers, Finalizer]);

    private static Write.Change<CoreMachine>? Spec(CoreMachine machine, HetznerRobotMachine? infra, TalosConfig? bootstrap)
    {
        var spec = new JsonObject();
        if (bootstrap?.Status.DataSecretName is { Length: > 0 } secret && machine.Spec.Bootstrap.DataSecretName != secret)
            spec["bootstrap"] = new JsonObject { ["dataSecretName"] = secret };
        if (Provisioned(infra) && machine.Spec.ProviderID != infra!.Spec.ProviderID)
            spec["providerID"] = infra.Spec.ProviderID;
        return spec.Count == 0 ? null : new Write.Change<CoreMachine>(machine, new JsonObject { ["spec"] = spec });
    }

    private static Write? Status(CoreMachine machine, HetznerRobotMachine? infra, Observed observed)
    {
        var provisioned = machine.Status.Initialization.InfrastructureProvisioned == true || Provisioned(infra);
        var node = infra is not null && provisioned ? observed.NodeOf(infra) : null;
        var bootstrapped = machine.Spec.Bootstrap.DataSecretName is { Length: > 0 };
        var phase = (node, provisioned, bootstrapped) switch
        {
            (not null, _, _) => "Running",
            (_, true, _) => "Provisioned",
            (_, _, true) => "Provisioning",
            _ => "Pending",
        };
        return StandIns.Status.Become(machine, machine.Status, machine.Status with
        {
            Phase = phase,
            Initialization = new CoreMachineInitialization { InfrastructureProvisioned = provisioned, BootstrapDataSecretCreated = bootstrapped },
            NodeRef = node is null ? machine.Status.NodeRef : new MachineNodeReference { Name = node.Metadata.Name },
            Addresses = provisioned && infra is not null ? infra.Status.Addresses : machine.Status.Addresses,
            FailureDomain = provisioned && infra is not null ? infra.Status.FailureDomain : machine.Status.FailureDomain,
            Conditions = machine.Status.Conditions
                .WithInfrastructure(infra?.Status.Conditions, observed.Now)
                .With("NodeReady", NodeReady(node), node is null ? "NodeDoesNotExist" : "NodeReported", "", observed.Now)
                .With("Ready", phase == "Running" && NodeReady(node) == true, phase, "", observed.Now),
        });
    }

    private static bool Provisioned(HetznerRobotMachine? infra) =>
        infra is { Status.Initialization.Provisioned: true, Spec.ProviderID.Length: > 0 };

    private static bool? NodeReady(Node? node) => node?.Ready switch
    {
        "True" => true,
        "False" => false,
        _ => null,
    };

    /// <summary>Hooks, infrastructure, bootstrap, Node, finalizer. The bootstrap Secret stays readable while the infrastructure goes.</summary>
    private static IEnumerable<Write> Delete(CoreMachine machine, Observed observed)
    {
        if (StandIns.Status.Become(machine, machine.Status, machine.Status with { Phase = "Deleting" }) is { } deleting) return [deleting];
        if (machine.Metadata.Annotations.Keys.Any(key => s_deletionHooks.Any(hook => key.StartsWith(hook, StringComparison.Ordinal)))) return [];
        if (observed.InfraOf(machine) is { } infra) return infra.Metadata.BeingDeleted ? [] : [new Write.Delete<HetznerRobotMachine>(infra)];
        if (observed.BootstrapOf(machine) is { } bootstrap) return bootstrap.Metadata.BeingDeleted ? [] : [new Write.Delete<TalosConfig>(bootstrap)];
        if (observed.Nodes.FirstOrDefault(node => node.Metadata.Name == machine.Status.NodeRef?.Name) is { } node) return [new Write.Delete<Node>(node)];
        return machine.Metadata.Finalizers.Contains(Finalizer) ? [Finalizers(machine, machine.Metadata.Finalizers.Where(other => other != Finalizer))] : [];
    }

    private static Write.Change<CoreMachine> Finalizers(CoreMachine machine, IEnumerable<string> wanted) =>
        new(machine, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = JsonSerializer.SerializeToNode(wanted, KubernetesJson.Options) } });
}
