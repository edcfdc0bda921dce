using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>What Cluster API's core does about Machines whose infrastructure is a HetznerRobotMachine.</summary>
internal static class MachineCore
{
    // Whoever makes a Machine's objects owns them until the Machine does, lest they be left over if it cannot be made.
    private static readonly string[] s_makers = [MachineSet.Resource.Kind, TalosControlPlane.Resource.Kind];

    /// <summary>Where nothing was left to write, and of what that was found. Of a thousand machines, one change concerns one.</summary>
    private static readonly ConditionalWeakTable<CoreMachine, MadeOf> s_settled = [];

    public static IEnumerable<Write> Plan(Observed observed) => observed.Machines
        .Where(machine => !observed.IsPaused(machine, machine.Spec.ClusterName))
        .SelectMany(machine => (machine.Metadata.BeingDeleted, observed.ClusterOf(machine)) switch
        {
            (true, _) => MachineDeletion.Plan(machine, observed),
            (_, null) => [],
            (_, { } cluster) => Reconcile(machine, cluster, observed),
        });

    private static List<Write> Reconcile(CoreMachine machine, CoreCluster cluster, Observed observed)
    {
        var made = new MadeOf(cluster, observed.InfraOf(machine), observed.BootstrapOf(machine), observed);
        if (s_settled.TryGetValue(machine, out var before) && before.IsSame(made)) return [];
        List<Write> writes = [.. Reconcile(machine, cluster, made.Infra, made.Bootstrap, observed)];
        if (writes.Count == 0) s_settled.AddOrUpdate(machine, made);
        return writes;
    }

    private static IEnumerable<Write> Reconcile(CoreMachine machine, CoreCluster cluster, HetznerRobotMachine? infra, TalosConfig? bootstrap, Observed observed)
    {
        var owner = Owners.Of(machine, controller: true);
        if (Owners.Adopt(infra, owner, cluster.Metadata.Name, s_makers) is { } adoptInfra) yield return adoptInfra;
        if (Owners.Adopt(bootstrap, owner, cluster.Metadata.Name, s_makers) is { } adoptBootstrap) yield return adoptBootstrap;
        if ((Metadata(machine, cluster) ?? Spec(machine, infra, bootstrap) ?? Status(machine, infra, observed)) is { } write) yield return write;
    }

    /// <summary>The Cluster itself owns only those that nobody else looks after.</summary>
    private static Write? Metadata(CoreMachine machine, CoreCluster cluster) => Owners.Hold(machine, CoreNames.MachineFinalizer)
        ?? (machine.Metadata.HasController() ? null : Owners.Adopt(machine, Owners.Of(cluster, controller: null), cluster.Metadata.Name));

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

    private sealed class MadeOf(CoreCluster cluster, HetznerRobotMachine? infra, TalosConfig? bootstrap, Observed observed)
    {
        private readonly CoreCluster _cluster = cluster;
        private readonly Node? _node = infra is null ? null : observed.NodeOf(infra);

        public HetznerRobotMachine? Infra { get; } = infra;

        public TalosConfig? Bootstrap { get; } = bootstrap;

        public bool IsSame(MadeOf other) =>
            ReferenceEquals(_cluster, other._cluster) && ReferenceEquals(Infra, other.Infra) && ReferenceEquals(Bootstrap, other.Bootstrap) && ReferenceEquals(_node, other._node);
    }
}
