using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class MachineDeletionTests
{
    private static readonly CoreMachine s_dying = TheMachine with
    {
        Metadata = TheMachine.Metadata.Deleted(),
        Status = TheMachine.Status with { Phase = "Deleting", NodeRef = new MachineNodeReference { Name = "talos-1" } },
    };

    private static readonly Node s_cordoned = TheNode with { Spec = TheNode.Spec with { Unschedulable = true } };

    private static readonly Observed s_drained = All with { Machines = [s_dying], Nodes = [s_cordoned] };

    private static readonly Pod s_pod = new()
    {
        Metadata = new ObjectMeta { Name = "shop", Namespace = "default", Uid = "uid-shop", ResourceVersion = "7" },
        Spec = new PodSpec { NodeName = "talos-1" },
    };

    [Fact]
    public void It_goes_through_infrastructure_bootstrap_and_node_to_the_finalizer()
    {
        Assert.IsType<Write.Delete<HetznerRobotMachine>>(Assert.Single(Acts(s_drained)));
        Assert.Empty(Acts(s_drained with { InfraMachines = [TheInfraMachine with { Metadata = TheInfraMachine.Metadata.Deleted() }] }));
        Assert.IsType<Write.Delete<TalosConfig>>(Assert.Single(Acts(s_drained with { InfraMachines = [] })));
        Assert.IsType<Write.Delete<Node>>(Assert.Single(Acts(s_drained with { InfraMachines = [], TalosConfigs = [] })));
        var last = Assert.IsType<Write.Change<CoreMachine>>(Assert.Single(MachineCore.Plan(s_drained with { InfraMachines = [], TalosConfigs = [], Nodes = [] })));
        Assert.Empty(last.Body["metadata"]!["finalizers"]!.AsArray());
    }

    [Fact]
    public void Each_step_is_told_in_the_condition()
    {
        Assert.Equal("DrainingNode", Reason(s_drained with { Nodes = [TheNode] }));
        Assert.Equal("WaitingForInfrastructureDeletion", Reason(s_drained));
        Assert.Equal("WaitingForBootstrapDeletion", Reason(s_drained with { InfraMachines = [] }));
        Assert.Equal("DeletingNode", Reason(s_drained with { InfraMachines = [], TalosConfigs = [] }));
    }

    [Fact]
    public void A_node_is_cordoned_and_emptied_before_its_server_goes()
    {
        var daemon = s_pod with { Metadata = s_pod.Metadata with { OwnerReferences = [new OwnerReference { Kind = "DaemonSet", ApiVersion = "apps/v1", Name = "net", Uid = "uid-net" }] } };
        var elsewhere = s_pod with { Spec = new PodSpec { NodeName = "talos-2" } };

        var acts = Acts(s_drained with { Nodes = [TheNode], Pods = [s_pod, daemon, elsewhere] });

        Assert.True((bool?)Assert.IsType<Write.Change<Node>>(acts[0]).Body["spec"]!["unschedulable"]);
        Assert.Same(s_pod, Assert.IsType<Write.Delete<Pod>>(acts[1]).Seen);
        Assert.Equal(2, acts.Count);
        Assert.Empty(Acts(s_drained with { Pods = [s_pod with { Metadata = s_pod.Metadata.Deleted() }] }));
        Assert.IsType<Write.Delete<HetznerRobotMachine>>(Assert.Single(Acts(s_drained with { Pods = [daemon, elsewhere] })));
    }

    [Fact]
    public void A_drain_ends_with_its_time_and_without_one_it_never_ends()
    {
        var stuck = s_drained with { Pods = [s_pod with { Metadata = s_pod.Metadata.Deleted() }], Now = Noon.AddDays(30) };
        var limited = s_dying with
        {
            Spec = s_dying.Spec with { Deletion = new MachineDeletionLimits { NodeDrainTimeoutSeconds = 60 } },
            Status = s_dying.Status with { Deletion = new MachineDeletionProgress { NodeDrainStartTime = Noon } },
        };

        Assert.Empty(Acts(stuck));
        Assert.Empty(Acts(stuck with { Machines = [limited], Now = Noon.AddSeconds(59) }));
        Assert.IsType<Write.Delete<HetznerRobotMachine>>(Assert.Single(Acts(stuck with { Machines = [limited], Now = Noon.AddSeconds(60) })));
    }

    [Fact]
    public void Pods_of_a_node_that_does_not_answer_are_not_waited_for()
    {
        var silent = s_cordoned with { Status = new NodeStatus { Conditions = [new NodeCondition("Ready", "Unknown", "NodeStatusUnknown", "", Noon)] } };

        Assert.IsType<Write.Delete<HetznerRobotMachine>>(Assert.Single(Acts(s_drained with { Nodes = [silent], Pods = [s_pod with { Metadata = s_pod.Metadata.Deleted() }] })));
    }

    [Fact]
    public void Volumes_are_waited_for_after_the_drain()
    {
        var attached = s_cordoned with { Status = s_cordoned.Status with { VolumesAttached = [new AttachedVolume("data", "/dev/sdb")] } };

        Assert.Empty(Acts(s_drained with { Nodes = [attached] }));
        Assert.Equal("WaitingForVolumeDetach", Reason(s_drained with { Nodes = [attached] }));
        Assert.IsType<Write.Delete<HetznerRobotMachine>>(Assert.Single(Acts(s_drained with { Nodes = [attached], Machines = [Annotated("machine.cluster.x-k8s.io/exclude-wait-for-node-volume-detach")] })));
    }

    [Fact]
    public void A_machine_can_ask_not_to_be_drained() =>
        Assert.IsType<Write.Delete<HetznerRobotMachine>>(
            Assert.Single(Acts(s_drained with { Nodes = [TheNode], Pods = [s_pod], Machines = [Annotated("machine.cluster.x-k8s.io/exclude-node-draining")] })));

    [Fact]
    public void A_hook_before_the_drain_holds_back_everything()
    {
        var held = s_drained with { Nodes = [TheNode], Pods = [s_pod], Machines = [Annotated("pre-drain.delete.hook.machine.cluster.x-k8s.io/backup")] };

        Assert.Empty(Acts(held));
        Assert.Equal("WaitingForPreDrainHook", Reason(held));
    }

    [Fact]
    public void A_hook_before_the_end_holds_back_the_server_and_not_the_drain()
    {
        var held = s_drained with { Machines = [Annotated("pre-terminate.delete.hook.machine.cluster.x-k8s.io/etcd")] };
        var waiting = held.Machines[0] with { Status = s_dying.Status with { Conditions = s_dying.Status.Conditions.With("Deleting", true, "WaitingForPreTerminateHook", "", Noon) } };

        Assert.IsType<Write.Change<Node>>(Assert.Single(Acts(held with { Nodes = [TheNode] })));
        Assert.Empty(Acts(held));
        Assert.Equal("WaitingForPreTerminateHook", Reason(held));
        // Pods that come back meanwhile are left alone.
        Assert.Empty(Acts(held with { Machines = [waiting], Pods = [s_pod] }));
    }

    [Fact]
    public void Nothing_is_drained_of_a_cluster_that_goes_or_a_server_that_went()
    {
        var leaving = s_drained with { Nodes = [TheNode], Pods = [s_pod] };

        Assert.IsType<Write.Delete<HetznerRobotMachine>>(Assert.Single(Acts(leaving with { Clusters = [TheCluster with { Metadata = TheCluster.Metadata.Deleted() }] })));
        Assert.Empty(Acts(leaving with { InfraMachines = [TheInfraMachine with { Metadata = TheInfraMachine.Metadata.Deleted() }] }));
        Assert.IsType<Write.Delete<TalosConfig>>(Assert.Single(Acts(leaving with { InfraMachines = [] })));
    }

    [Fact]
    public void Nothing_of_a_paused_cluster_is_deleted()
    {
        Assert.Empty(MachineCore.Plan(s_drained with { Clusters = [TheCluster with { Spec = TheCluster.Spec with { Paused = true } }] }));
        Assert.Empty(MachineCore.Plan(s_drained with { Machines = [Annotated("cluster.x-k8s.io/paused")] }));
    }

    /// <summary>What is done, without what is said about it.</summary>
    private static List<Write> Acts(Observed observed) => [.. MachineCore.Plan(observed).Where(write => write is not Write.Change<CoreMachine>)];

    private static string? Reason(Observed observed) =>
        (string?)MachineCore.Plan(observed).OfType<Write.Change<CoreMachine>>().Single().Body["status"]!["conditions"]![0]!["reason"];

    private static CoreMachine Annotated(string annotation) =>
        s_dying with { Metadata = s_dying.Metadata with { Annotations = new Dictionary<string, string> { [annotation] = "" } } };
}
