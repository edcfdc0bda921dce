using System.Text.Json.Nodes;
using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class MachineCoreTests
{
    private static readonly CoreMachine s_bootstrapped =
        TheMachine with { Spec = TheMachine.Spec with { Bootstrap = TheMachine.Spec.Bootstrap with { DataSecretName = "worker-1-bootstrap-data" } } };

    private static readonly CoreMachine s_known = s_bootstrapped with { Spec = s_bootstrapped.Spec with { ProviderID = ProviderId } };

    private static readonly CoreMachine s_dying = s_known with
    {
        Metadata = s_known.Metadata.Deleted(),
        Status = s_known.Status with { Phase = "Deleting", NodeRef = new MachineNodeReference { Name = "talos-1" } },
    };

    [Fact]
    public void A_machine_controls_its_infrastructure_and_its_bootstrap_configuration()
    {
        var infra = TheInfraMachine with { Metadata = TheInfraMachine.Metadata with { OwnerReferences = [] } };
        var config = TheTalosConfig with { Metadata = TheTalosConfig.Metadata with { OwnerReferences = [] } };

        var writes = MachineCore.Plan(All with { InfraMachines = [infra], TalosConfigs = [config] }).ToList();

        Assert.True((bool?)Owner(Assert.Single(writes.OfType<Write.Change<HetznerRobotMachine>>()).Body)["controller"]);
        Assert.True((bool?)Owner(Assert.Single(writes.OfType<Write.Change<TalosConfig>>()).Body)["controller"]);

        static JsonNode Owner(JsonObject body) => body["metadata"]!["ownerReferences"]!.AsArray().Single()!;
    }

    [Fact]
    public void Infrastructure_that_is_being_deleted_is_not_adopted()
    {
        var infra = TheInfraMachine with { Metadata = TheInfraMachine.Metadata.Deleted() with { OwnerReferences = [] } };

        Assert.Empty(MachineCore.Plan(All with { InfraMachines = [infra] }).OfType<Write.Change<HetznerRobotMachine>>());
    }

    [Fact]
    public void The_bootstrap_secret_is_named_once_the_provider_has_made_it()
    {
        var config = TheTalosConfig with { Status = TheTalosConfig.Status with { DataSecretName = "worker-1-bootstrap-data" } };

        Assert.Null(Change(All).Body["spec"]);
        Assert.Equal("worker-1-bootstrap-data", (string?)Change(All with { TalosConfigs = [config] }).Body["spec"]!["bootstrap"]!["dataSecretName"]);
    }

    [Fact]
    public void The_provider_id_is_copied_only_from_provisioned_infrastructure()
    {
        var early = TheInfraMachine with { Spec = TheInfraMachine.Spec with { ProviderID = ProviderId } };

        Assert.Null(Change(All with { InfraMachines = [early] }).Body["spec"]);
        Assert.Equal(ProviderId, (string?)Change(All with { InfraMachines = [TheInfraMachine.Provisioned()] }).Body["spec"]!["providerID"]);
    }

    [Fact]
    public void A_machine_goes_from_pending_to_running()
    {
        var provisioned = All with { Machines = [s_known], InfraMachines = [TheInfraMachine.Provisioned()] };

        Assert.Equal("Pending", Phase(All));
        Assert.Equal("Provisioning", Phase(All with { Machines = [s_bootstrapped] }));
        Assert.Equal("Provisioned", Phase(provisioned));
        Assert.Equal("Running", Phase(provisioned with { Nodes = [TheNode] }));

        static string? Phase(Observed observed) => (string?)Change(observed).Body["status"]!["phase"];
    }

    [Fact]
    public void A_running_machine_knows_its_node_addresses_and_place()
    {
        var status = Change(All with { Machines = [s_known], InfraMachines = [TheInfraMachine.Provisioned()], Nodes = [TheNode] }).Body["status"]!;

        Assert.Equal("talos-1", (string?)status["nodeRef"]!["name"]);
        Assert.Equal("127.77.0.2", (string?)status["addresses"]![0]!["address"]);
        Assert.Equal("FSN1-DC14", (string?)status["failureDomain"]);
        Assert.Equal("True", Condition(status, "Ready"));
    }

    [Fact]
    public void A_node_of_another_server_does_not_make_a_machine_run()
    {
        var other = TheNode with { Spec = new NodeSpec { ProviderID = "hetzner-robot://2938102" } };

        var status = Change(All with { Machines = [s_known], InfraMachines = [TheInfraMachine.Provisioned()], Nodes = [other] }).Body["status"]!;

        Assert.Null(status["nodeRef"]);
        Assert.Equal("False", Condition(status, "Ready"));
    }

    [Fact]
    public void A_machine_that_is_as_it_should_be_is_not_written_again()
    {
        var observed = All with { Machines = [s_known], InfraMachines = [TheInfraMachine.Provisioned()], Nodes = [TheNode] };
        var status = Change(observed).Body["status"]!;
        var settled = observed with
        {
            Now = Noon.AddHours(1),
            Machines = [s_known with { Status = System.Text.Json.JsonSerializer.Deserialize<CoreMachineStatus>(status, Caphr.Protocols.Kubernetes.KubernetesJson.Options)! }],
        };

        Assert.Empty(MachineCore.Plan(settled));
    }

    [Fact]
    public void A_machine_of_a_set_belongs_to_that_alone_and_takes_over_what_the_set_made_for_it()
    {
        var set = new OwnerReference { ApiVersion = "cluster.x-k8s.io/v1beta2", Kind = "MachineSet", Name = "crew", Uid = "uid-crew", Controller = true };
        var machine = TheMachine with { Metadata = TheMachine.Metadata with { OwnerReferences = [set] } };
        var infra = TheInfraMachine with { Metadata = TheInfraMachine.Metadata with { OwnerReferences = [set with { Controller = null }] } };

        var writes = MachineCore.Plan(All with { Machines = [machine], InfraMachines = [infra] }).ToList();

        Assert.DoesNotContain(writes.OfType<Write.Change<CoreMachine>>(), change => change.Body["metadata"] is not null);
        var owners = Assert.Single(writes.OfType<Write.Change<HetznerRobotMachine>>()).Body["metadata"]!["ownerReferences"]!.AsArray();
        Assert.Equal("uid-worker-1", (string?)Assert.Single(owners)!["uid"]);
    }

    [Fact]
    public void A_machine_without_its_cluster_waits_but_can_be_deleted()
    {
        Assert.Empty(MachineCore.Plan(All with { Clusters = [] }));
        Assert.NotEmpty(MachineCore.Plan(All with { Clusters = [], Machines = [s_dying] }));
    }

    private static Write.Change<CoreMachine> Change(Observed observed) => Assert.Single(MachineCore.Plan(observed).OfType<Write.Change<CoreMachine>>());

    private static string? Condition(JsonNode status, string type) =>
        (string?)status["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == type)!["status"];
}
