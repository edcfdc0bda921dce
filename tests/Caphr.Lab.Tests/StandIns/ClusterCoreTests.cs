using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class ClusterCoreTests
{
    [Fact]
    public void A_cluster_owns_its_infrastructure_without_controlling_it()
    {
        var found = TheInfraCluster with { Metadata = TheInfraCluster.Metadata with { OwnerReferences = [], Labels = new Dictionary<string, string>() } };

        var adopted = ClusterCore.Plan(All with { InfraClusters = [found] }).OfType<Write.Change<HetznerRobotCluster>>().Single();

        var metadata = adopted.Body["metadata"]!;
        Assert.Equal("demo", (string?)metadata["labels"]!["cluster.x-k8s.io/cluster-name"]);
        Assert.Equal("uid-demo", (string?)metadata["ownerReferences"]![0]!["uid"]);
        Assert.Null(metadata["ownerReferences"]![0]!["controller"]);
    }

    [Fact]
    public void Owners_that_others_set_are_kept()
    {
        var other = new OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "mine", Uid = "uid-mine" };
        var found = TheInfraCluster with { Metadata = TheInfraCluster.Metadata with { OwnerReferences = [other] } };

        var adopted = ClusterCore.Plan(All with { InfraClusters = [found] }).OfType<Write.Change<HetznerRobotCluster>>().Single();

        Assert.Equal(["uid-mine", "uid-demo"], adopted.Body["metadata"]!["ownerReferences"]!.AsArray().Select(owner => (string?)owner!["uid"]));
    }

    [Fact]
    public void The_endpoint_is_taken_from_the_infrastructure_only_once_that_is_provisioned()
    {
        var without = TheCluster with { Spec = TheCluster.Spec with { ControlPlaneEndpoint = null } };
        var infra = TheInfraCluster with { Spec = TheInfraCluster.Spec with { ControlPlaneEndpoint = new ControlPlaneEndpoint { Host = "10.0.0.1", Port = 6443 } } };

        var early = Assert.Single(Changes(All with { Clusters = [without], InfraClusters = [infra] }));
        var later = Assert.Single(Changes(All with { Clusters = [without], InfraClusters = [infra.Provisioned()] }));

        Assert.True(early.ToStatus);
        Assert.Equal("10.0.0.1", (string?)later.Body["spec"]!["controlPlaneEndpoint"]!["host"]);
    }

    [Fact]
    public void An_endpoint_of_the_users_own_is_not_replaced()
    {
        var infra = TheInfraCluster with { Spec = TheInfraCluster.Spec with { ControlPlaneEndpoint = new ControlPlaneEndpoint { Host = "10.0.0.1", Port = 6443 } } };

        Assert.DoesNotContain(Changes(All with { InfraClusters = [infra.Provisioned()] }), change => change.Body["spec"] is not null);
    }

    [Fact]
    public void What_was_provisioned_stays_provisioned()
    {
        var change = Assert.Single(Changes(All with { Clusters = [TheCluster.InfrastructureProvisioned()] }));

        Assert.True((bool?)change.Body["status"]!["initialization"]!["infrastructureProvisioned"]);
    }

    [Fact]
    public void A_control_plane_is_initialized_by_its_first_node()
    {
        var worker = TheMachine with { Status = TheMachine.Status with { NodeRef = new MachineNodeReference { Name = "talos-1" } } };
        var controlPlane = worker with { Metadata = worker.Metadata with { Labels = new Dictionary<string, string> { ["cluster.x-k8s.io/control-plane"] = "" } } };

        Assert.False(Initialized(All with { Machines = [worker] }));
        Assert.True(Initialized(All with { Machines = [controlPlane] }));

        static bool? Initialized(Observed observed) => (bool?)Assert.Single(Changes(observed)).Body["status"]!["initialization"]!["controlPlaneInitialized"];
    }

    [Fact]
    public void A_paused_cluster_is_left_alone()
    {
        Assert.NotEmpty(ClusterCore.Plan(All));

        Assert.Empty(ClusterCore.Plan(All with { Clusters = [TheCluster with { Spec = TheCluster.Spec with { Paused = true } }] }));
    }

    [Fact]
    public void A_deleted_cluster_takes_its_machines_with_it_then_its_infrastructure_then_goes()
    {
        var gone = All with { Clusters = [TheCluster with { Metadata = TheCluster.Metadata.Deleted() }] };

        Assert.IsType<Write.Delete<CoreMachine>>(Assert.Single(ClusterCore.Plan(gone)));
        Assert.Empty(ClusterCore.Plan(gone with { Machines = [TheMachine with { Metadata = TheMachine.Metadata.Deleted() }] }));
        Assert.IsType<Write.Delete<HetznerRobotCluster>>(Assert.Single(ClusterCore.Plan(gone with { Machines = [] })));
        Assert.Empty(ClusterCore.Plan(gone with { Machines = [], InfraClusters = [TheInfraCluster with { Metadata = TheInfraCluster.Metadata.Deleted() }] }));
        var last = Assert.IsType<Write.Change<CoreCluster>>(Assert.Single(ClusterCore.Plan(gone with { Machines = [], InfraClusters = [] })));
        Assert.Empty(last.Body["metadata"]!["finalizers"]!.AsArray());
    }

    [Fact]
    public void A_deleted_cluster_leaves_machines_to_those_who_made_them()
    {
        var deployment = new MachineDeployment { Metadata = Named("crew"), Spec = new MachineDeploymentSpec { ClusterName = "demo" } };
        var set = new MachineSet { Metadata = Named("crew-1") with { OwnerReferences = [Owners.Of(deployment, controller: true)] }, Spec = new MachineSetSpec { ClusterName = "demo" } };
        var machine = TheMachine with { Metadata = TheMachine.Metadata with { OwnerReferences = [Owners.Of(set, controller: true)] } };
        var gone = All with { Clusters = [TheCluster with { Metadata = TheCluster.Metadata.Deleted() }], Machines = [machine], MachineSets = [set], MachineDeployments = [deployment] };

        Assert.IsType<Write.Delete<MachineDeployment>>(Assert.Single(ClusterCore.Plan(gone)));
        // The infrastructure is needed as long as any of them is there.
        Assert.Empty(ClusterCore.Plan(gone with { MachineDeployments = [] }));
        Assert.Empty(ClusterCore.Plan(gone with { MachineDeployments = [], Machines = [] }));
        Assert.IsType<Write.Delete<HetznerRobotCluster>>(Assert.Single(ClusterCore.Plan(gone with { MachineDeployments = [], MachineSets = [], Machines = [] })));

        static ObjectMeta Named(string name) => TheCluster.Metadata with { Name = name, Uid = $"uid-{name}" };
    }

    private static IEnumerable<Write.Change<CoreCluster>> Changes(Observed observed) => ClusterCore.Plan(observed).OfType<Write.Change<CoreCluster>>();
}
