using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Host.Robot;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

public sealed class ControlPlanTests
{
    private readonly Objects _objects = new();

    private static HetznerRobotMachine Deleting(HetznerRobotMachine machine) => machine with { Metadata = machine.Metadata with { DeletionTimestamp = Objects.Now } };

    private static Machine Deleting(Machine machine) => machine with { Metadata = machine.Metadata with { DeletionTimestamp = Objects.Now } };

    private ServerState Provisioned(int number, string machine) => new ServerState.Provisioned("v1.12.4")
    {
        Number = new ServerNumber(number),
        Record = new ServerRecord("10.0.0.5", null, "AX52", "FSN1-DC14"),
        Since = Objects.Now,
        Plan = new Provision
        {
            Claim = new ClaimId("uid-" + machine),
            Machine = new ObjectName(Objects.Namespace, machine),
            Cluster = "demo",
            Robot = WishBuilder.AccessOf(_objects.InfraCluster),
            Image = new Uri("https://factory.talos.dev/x"),
            TalosVersion = "v1.12.4",
            ProviderId = $"hetzner-robot://{number}",
            TalosSecrets = new ObjectName(Objects.Namespace, "demo-talos"),
        },
    };

    [Fact]
    public void A_waiting_machine_claims_a_free_host_by_the_uid_of_its_Machine()
    {
        _objects.AddHost(1);
        _objects.AddMachine("cp-0");

        Assert.Equal(
            $$$$"""claim of HetznerRobotHost metal/node1 {"metadata":{"finalizers":["{{{{Names.HostFinalizer}}}}"]},"spec":{"consumerRef":{"kind":"HetznerRobotMachine","name":"cp-0","namespace":"metal","uid":"uid-cp-0"}}}""",
            _objects.WrittenTo("node1"));
    }

    [Fact]
    public void Nothing_is_claimed_before_our_finalizer_guards_the_machine()
    {
        _objects.AddHost(1);
        _objects.AddMachine("cp-0", machine => machine with { Metadata = machine.Metadata with { Finalizers = ["other"] } });

        Assert.StartsWith("status", _objects.WrittenTo("node1"), StringComparison.Ordinal);
        Assert.Equal($$$"""finalizer of HetznerRobotMachine metal/cp-0 {"metadata":{"finalizers":["other","{{{Names.MachineFinalizer}}}"]}}""", _objects.WrittenTo("cp-0"));
    }

    [Fact]
    public void A_machine_whose_finalizer_is_still_to_be_written_keeps_its_place_in_the_queue()
    {
        _objects.AddHost(1);
        _objects.AddHost(2);
        _objects.AddMachine("cp-0", machine => machine with { Metadata = machine.Metadata with { Finalizers = [] } });
        _objects.AddMachine("cp-1");

        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);
        Assert.Contains("\"name\":\"cp-1\"", _objects.WrittenTo("node2"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finalizer_is_not_added_before_the_Machine_owns_the_object()
    {
        _objects.AddMachine("cp-0", machine => machine with { Metadata = machine.Metadata with { Finalizers = [], OwnerReferences = [] } });

        Assert.StartsWith("status", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_claimed_while_the_cluster_is_paused_or_not_provisioned()
    {
        _objects.AddHost(1);
        _objects.AddMachine("cp-0");

        _objects.Cluster = _objects.Cluster with { Spec = _objects.Cluster.Spec with { Paused = true } };
        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1"), StringComparison.Ordinal);

        _objects.Cluster = _objects.Cluster with { Spec = _objects.Cluster.Spec with { Paused = false }, Status = new ClusterStatus() };
        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1"), StringComparison.Ordinal);
        Assert.Contains("WaitingForClusterInfrastructureReady", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_wish_of_a_claimed_host_names_image_secrets_and_provider_id()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0");

        var provision = _objects.WishFor(1).Provision!;

        Assert.Equal($"https://factory.talos.dev/image/{Names.PlainSchematic}/v1.12.4/metal-amd64.raw.zst", provision.Image.ToString());
        Assert.Equal(new ObjectName("metal", "cp-0-bootstrap-data"), provision.Bootstrap);
        Assert.Equal(new ObjectName("metal", "demo-talos"), provision.TalosSecrets);
        Assert.Equal("hetzner-robot://1", provision.ProviderId);
        Assert.False(provision.AlreadyNode);
    }

    [Fact]
    public void A_claim_by_a_former_Machine_of_the_same_name_wishes_for_nothing()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0", machine => machine with
        {
            Metadata = machine.Metadata with { OwnerReferences = [machine.Metadata.OwnerReferences[0] with { Uid = "another" }] },
        });

        var wish = _objects.WishFor(1);
        Assert.Null(wish.Provision);
        Assert.Null(wish.Release);
    }

    [Fact]
    public void A_machine_that_vanished_releases_nothing()
    {
        _objects.AddHost(1, consumer: "gone", state: Provisioned(1, "gone"));

        var wish = _objects.WishFor(1);

        Assert.Null(wish.Release);
        Assert.DoesNotContain("\"consumerRef\":null", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uid-gone", false, true)]
    [InlineData("uid-gone", true, false)]
    [InlineData("uid-other", false, false)]
    public void A_claim_that_came_back_after_its_end_is_let_go_once_its_machine_is_gone(string freed, bool isThere, bool letGo)
    {
        var number = new ServerNumber(1);
        _objects.AddHost(1, consumer: "gone", state: new ServerState.Available { Number = number, Record = new ServerRecord("10.0.0.5", null, "AX52", "FSN1-DC14"), Freed = new ClaimId(freed) });
        if (isThere) _objects.AddMachine("gone");

        Assert.Equal(letGo, _objects.WrittenTo("node1")?.Contains("\"consumerRef\":null", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_machine_deleted_by_itself_keeps_its_server_until_its_Machine_is_deleted_too()
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned(1, "cp-0"));
        _objects.AddMachine("cp-0", Deleting);

        Assert.Null(_objects.WishFor(1).Release);

        _objects.Machines[0] = Deleting(_objects.Machines[0]);
        Assert.Equal(new ClaimId("uid-cp-0"), _objects.WishFor(1).Release);
    }

    [Fact]
    public void Objects_that_are_only_moved_are_not_released()
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned(1, "cp-0"));
        _objects.AddMachine(
            "cp-0",
            machine => Deleting(machine) with { Metadata = machine.Metadata with { DeletionTimestamp = Objects.Now, Annotations = new Dictionary<string, string> { [ClusterApi.DeleteForMoveAnnotation] = "" } } },
            Deleting);

        Assert.Null(_objects.WishFor(1).Release);
        Assert.DoesNotContain("finalizers", _objects.WrittenTo("cp-0") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void The_claim_goes_before_the_finalizer_and_neither_before_the_server_is_free()
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned(1, "cp-0"));
        _objects.AddMachine("cp-0", Deleting, Deleting);
        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);

        var free = new ServerState.Available { Number = new ServerNumber(1) };
        _objects.Servers[free.Number] = new ServerSnapshot(free, null);
        Assert.Equal("""release of HetznerRobotHost metal/node1 {"metadata":{"finalizers":[]},"spec":{"consumerRef":null}}""", _objects.WrittenTo("node1"));
        Assert.StartsWith("status", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);

        _objects.Hosts[0] = _objects.Hosts[0] with { Spec = _objects.Hosts[0].Spec with { ConsumerRef = null } };
        Assert.Equal("""release of HetznerRobotMachine metal/cp-0 {"metadata":{"finalizers":[]}}""", _objects.WrittenTo("cp-0"));
    }

    [Fact]
    public void A_node_is_not_let_go_on_the_word_of_a_journal_that_never_saw_it()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0", machine => Deleting(machine) with { Spec = machine.Spec with { ProviderID = "hetzner-robot://1" } }, Deleting);

        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);
        Assert.True(_objects.WishFor(1).Provision!.AlreadyNode);
    }

    [Fact]
    public void A_machine_whose_host_object_vanished_gets_no_second_server_and_is_not_let_go()
    {
        _objects.AddHost(2);
        _objects.AddMachine("cp-0");
        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(Provisioned(1, "cp-0"), null);
        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node2") ?? "", StringComparison.Ordinal);

        _objects.InfraMachines[0] = Deleting(_objects.InfraMachines[0]);
        _objects.Machines[0] = Deleting(_objects.Machines[0]);
        Assert.DoesNotContain("finalizers", _objects.WrittenTo("cp-0") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_restart_shows_the_last_that_was_known_until_the_server_has_spoken()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0", machine => machine with { Status = new HetznerRobotMachineStatus { Phase = "Provisioned", Ready = true } });
        _objects.Servers.Clear();

        Assert.Null(_objects.WrittenTo("cp-0"));
    }

    [Fact]
    public void A_factory_that_is_no_URL_is_a_sentence_and_no_crash()
    {
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { TalosFactoryBaseURL = "https://<factory>" } };
        _objects.AddMachine("cp-0");

        Assert.Contains("is not a URL: https://", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_provider_id_is_written_once_the_node_has_its_configuration_and_never_again()
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned(1, "cp-0"));
        _objects.AddMachine("cp-0");
        Assert.Equal("""providerID of HetznerRobotMachine metal/cp-0 {"spec":{"providerID":"hetzner-robot://1"}}""", _objects.WrittenTo("cp-0"));

        _objects.InfraMachines[0] = _objects.InfraMachines[0] with { Spec = _objects.InfraMachines[0].Spec with { ProviderID = "hrobot://1" } };
        Assert.StartsWith("status", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);
        Assert.True(_objects.WishFor(1).Provision!.AlreadyNode);
        Assert.Equal("hrobot://1", _objects.WishFor(1).Provision!.ProviderId);
    }

    [Fact]
    public void Two_hosts_with_one_number_are_one_server_and_the_second_says_so()
    {
        _objects.AddHost(1);
        var second = _objects.AddHost(1);
        _objects.Hosts[1] = second with { Metadata = Objects.Meta("twin") with { CreationTimestamp = Objects.Now } };

        Assert.Single(ControlPlan.Make(_objects.Look()).Wishes);
        Assert.Contains("is already HetznerRobotHost metal/node1", _objects.WrittenTo("twin"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_settled_world_is_not_written_to()
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned(1, "cp-0"));
        _objects.AddMachine("cp-0", machine => machine with { Spec = machine.Spec with { ProviderID = "hetzner-robot://1" } });
        var world = _objects.Look();
        _objects.Hosts[0] = _objects.Hosts[0] with { Status = HostProjection.Of(_objects.Hosts[0], world) };
        _objects.InfraMachines[0] = _objects.InfraMachines[0] with { Status = MachineProjection.Of(_objects.InfraMachines[0], world, null) };
        _objects.InfraCluster = _objects.InfraCluster with { Status = ClusterProjection.Of(_objects.InfraCluster, world) };

        Assert.Empty(ControlPlan.Make(_objects.Look()).Writes.Select(write => write.ToString()));
    }

    [Fact]
    public void Conditions_of_others_are_kept_and_times_move_only_with_the_status()
    {
        var theirs = new Condition { Type = "Theirs", Status = "True", Reason = "R", LastTransitionTime = Objects.Now.AddDays(-1) };
        var ours = new Condition { Type = "Ready", Status = "False", Reason = "Old", LastTransitionTime = Objects.Now.AddDays(-1) };

        var set = new ConditionSet([theirs, ours], 2, Objects.Now).Set("Ready", holds: false, "New").Set("Paused", holds: false, "NotPaused").All;

        Assert.Contains(theirs, set);
        Assert.Equal((Objects.Now.AddDays(-1), "New"), set.Where(one => one.Type == "Ready").Select(one => (one.LastTransitionTime, one.Reason)).Single());
        Assert.Equal(Objects.Now, set.Single(one => one.Type == "Paused").LastTransitionTime);
    }

    [Theory]
    [InlineData(null, "WaitingForControlPlaneEndpoint")]
    [InlineData("RobotCredentialsRefused", "RobotCredentialsRefused")]
    public void A_cluster_says_what_keeps_it_from_being_ready(string? trouble, string reason)
    {
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { ControlPlaneEndpoint = null } };
        _objects.Health[new ObjectKey(Objects.Namespace, "demo")] = new ClusterHealth(trouble, "said so");

        var status = ClusterProjection.Of(_objects.InfraCluster, _objects.Look());

        Assert.Equal(reason, status.Conditions.Single(condition => condition.Type == "Ready").Reason);
        Assert.Null(status.Initialization);
    }

    [Theory]
    [InlineData(null, "Unknown", "RobotMaintenance")]
    [InlineData("True", "True", "CredentialsAvailable")]
    [InlineData("False", "False", "RobotCredentialsRefused")]
    public void A_robot_that_cannot_be_asked_changes_nothing_about_what_is_known_of_the_credentials(string? before, string after, string reason)
    {
        if (before is not null)
        {
            var known = new Condition { Type = "CredentialsAvailable", Status = before, Reason = reason, LastTransitionTime = Objects.Now.AddDays(-1) };
            _objects.InfraCluster = _objects.InfraCluster with { Status = new HetznerRobotClusterStatus { Conditions = [known] } };
        }

        var reach = new RobotReach("False", "Maintenance", "Robot is closed for maintenance.");
        _objects.Health[new ObjectKey(Objects.Namespace, "demo")] = new ClusterHealth("RobotMaintenance", "Robot is closed for maintenance.") { IsUndecided = true, Robot = reach };

        var status = ClusterProjection.Of(_objects.InfraCluster, _objects.Look());

        Assert.Equal((after, reason), Of("CredentialsAvailable"));
        Assert.Equal(("False", "Maintenance"), Of("RobotReachable"));
        Assert.Equal(after == "True", status.Ready);

        (string, string) Of(string type) => status.Conditions.Where(one => one.Type == type).Select(one => (one.Status, one.Reason)).Single();
    }

    [Fact]
    public void Provisioned_is_never_taken_back_from_core()
    {
        _objects.InfraCluster = _objects.InfraCluster with { Status = new HetznerRobotClusterStatus { Initialization = new Initialization { Provisioned = true } } };
        _objects.Health[new ObjectKey(Objects.Namespace, "demo")] = new ClusterHealth("SecretMissing", "gone");

        var status = ClusterProjection.Of(_objects.InfraCluster, _objects.Look());

        Assert.True(status.Initialization!.Provisioned);
        Assert.False(status.Ready);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("hetzner-robot://1", false)]
    public void A_claim_that_came_when_its_server_was_on_the_way_into_quarantine_is_let_go_where_nothing_of_it_can_be_there(string? providerId, bool letGo)
    {
        _objects.AddHost(1, consumer: "cp-0", state: new ServerState.Quarantined("DiskFailing", "A disk expects to fail.") { Number = new ServerNumber(1) });
        _objects.AddMachine("cp-0", machine => machine with { Spec = machine.Spec with { ProviderID = providerId } });

        Assert.Equal(letGo, _objects.WrittenTo("node1")?.Contains("\"consumerRef\":null", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_cluster_that_was_given_into_other_hands_is_not_kept_by_our_finalizer_and_shows_nothing_of_ours()
    {
        _objects.InfraCluster = _objects.InfraCluster with { Metadata = _objects.InfraCluster.Metadata with { Annotations = new Dictionary<string, string> { [ClusterApi.ManagedByAnnotation] = "another" } } };
        Assert.Null(_objects.WrittenTo("demo"));

        _objects.InfraCluster = _objects.InfraCluster with { Metadata = _objects.InfraCluster.Metadata with { DeletionTimestamp = Objects.Now } };
        Assert.Contains("\"finalizers\":[]", _objects.WrittenTo("demo"), StringComparison.Ordinal);

        _objects.InfraCluster = _objects.InfraCluster with { Metadata = _objects.InfraCluster.Metadata with { Finalizers = [] } };
        Assert.Null(_objects.WrittenTo("demo"));
    }
}
