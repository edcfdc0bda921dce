using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>What people ask by annotation, what a pivot needs, and how things end.</summary>
public sealed class DayTwoTests
{
    private readonly Objects _objects = new();

    [Fact]
    public void Requests_are_what_stands_in_the_hosts_annotations()
    {
        _objects.AddHost(1);
        AnnotateHost((Names.InspectAnnotation, "a"), (Names.PowerCycleAnnotation, "b"), (Names.RetryAnnotation, "c"), (Names.AcceptAnnotation, "d"));

        Assert.Equal(new StandingRequests("a", "b", "c", "d"), _objects.WishFor(1).Requests);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_machine_is_detached_only_when_it_is_being_deleted(bool deleting, bool detached)
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned());
        _objects.AddMachine("cp-0", machine => machine with
        {
            Spec = machine.Spec with { ProviderID = "hetzner-robot://1" },
            Metadata = machine.Metadata with { DeletionTimestamp = deleting ? Objects.Now : null, Annotations = new Dictionary<string, string> { [Names.DetachAnnotation] = "" } },
        }, owner => owner with { Metadata = owner.Metadata with { DeletionTimestamp = deleting ? Objects.Now : null } });

        Assert.Equal(detached ? new ClaimId("uid-cp-0") : null, _objects.WishFor(1).Detach);
        Assert.True(!detached || _objects.WishFor(1).Release is null);
    }

    [Theory]
    [InlineData("uid-gone", true)]
    [InlineData("uid-other", false)]
    [InlineData("", false)]
    public void The_claim_of_a_machine_that_vanished_ends_when_a_person_names_it(string value, bool ends)
    {
        _objects.AddHost(1, consumer: "gone", state: Provisioned());
        AnnotateHost((Names.DetachAnnotation, value));

        var wish = _objects.WishFor(1);

        Assert.Equal((ends ? new ClaimId("uid-gone") : null, !ends), (wish.Detach, wish.Paused));
    }

    [Fact]
    public void A_host_that_was_made_anew_is_claimed_again_for_what_its_server_is_held_for()
    {
        _objects.AddHost(1, state: Provisioned());
        _objects.AddMachine("cp-0", machine => machine with { Status = machine.Status with { HostRef = new HostReference { Name = "node1" } } });

        Assert.Contains("\"uid\":\"uid-cp-0\"", _objects.WrittenTo("node1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uid-cp-0", true)]
    [InlineData("uid-other", false)]
    public void A_host_that_was_made_anew_after_its_machine_went_is_freed_when_a_person_names_the_claim(string value, bool ends)
    {
        _objects.AddHost(1, state: Provisioned());
        AnnotateHost((Names.DetachAnnotation, value));

        Assert.Equal(ends ? new ClaimId("uid-cp-0") : null, _objects.WishFor(1).Detach);
        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pause_on_the_HetznerRobotCluster_stops_the_work_on_its_servers(bool paused)
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0");
        if (paused) _objects.InfraCluster = _objects.InfraCluster with { Metadata = _objects.InfraCluster.Metadata with { Annotations = new Dictionary<string, string> { [ClusterApi.PausedAnnotation] = "" } } };

        Assert.Equal(paused, _objects.WishFor(1).Paused);
    }

    [Fact]
    public void A_claim_whose_machine_is_there_is_not_ended_from_the_hosts_side()
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned());
        _objects.AddMachine("cp-0");
        AnnotateHost((Names.DetachAnnotation, "uid-cp-0"));

        Assert.Null(_objects.WishFor(1).Detach);
    }

    [Fact]
    public void A_server_in_quarantine_lets_go_of_the_claim_it_ended_and_of_no_other()
    {
        _objects.AddHost(1, consumer: "gone", state: Quarantined("uid-gone"));
        Assert.Contains("\"consumerRef\":null", _objects.WrittenTo("node1"), StringComparison.Ordinal);

        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(Quarantined("uid-earlier"), Note: null);
        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_may_name_the_server_whose_running_node_it_is()
    {
        _objects.AddHost(7, consumer: "old", state: new ServerState.Available { Number = new ServerNumber(7) });
        _objects.AddMachine("old", machine => machine with { Metadata = machine.Metadata with { Annotations = new Dictionary<string, string> { [Names.AdoptAnnotation] = "7" } } });

        Assert.True(_objects.WishFor(7).Provision!.AlreadyNode);
    }

    [Fact]
    public void A_server_that_is_only_said_to_be_the_node_gets_no_providerID_before_it_has_proven_itself()
    {
        var plan = Plan with { AlreadyNode = true };
        _objects.AddHost(1, consumer: "cp-0", state: new ServerState.Joining { Number = new ServerNumber(1), Plan = plan });
        _objects.AddMachine("cp-0", machine => machine with { Metadata = machine.Metadata with { Annotations = new Dictionary<string, string> { [Names.AdoptAnnotation] = "1" } } });
        Assert.DoesNotContain("providerID", _objects.WrittenTo("cp-0") ?? "", StringComparison.Ordinal);

        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(Provisioned() with { Plan = plan }, Note: null);
        Assert.Contains("\"providerID\":\"hetzner-robot://1\"", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RescueStage.Awaiting, false, true)]
    [InlineData(RescueStage.Awaiting, true, false)]
    [InlineData(RescueStage.Pressing, true, true)]
    public void A_move_waits_while_something_is_under_way_that_a_pause_does_not_stop(RescueStage stage, bool paused, bool blocks)
    {
        _objects.AddHost(1, consumer: "cp-0", state: new ServerState.EnteringRescue(Purpose.Install, stage) { Number = new ServerNumber(1), Plan = Plan, PausedSince = paused ? Objects.Now : null });
        _objects.AddMachine("cp-0", machine => machine with { Metadata = machine.Metadata with { Annotations = new Dictionary<string, string> { ["other"] = "" } } });

        Assert.Equal(blocks, _objects.WrittenTo("cp-0")?.StartsWith("block-move", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_server_that_is_claimed_or_is_somebodys_node_is_not_inspected(bool claimed)
    {
        _objects.AddHost(1, consumer: claimed ? "gone" : null, state: new ServerState.Available { Number = new ServerNumber(1) });
        _objects.Hosts[0] = _objects.Hosts[0] with { Spec = _objects.Hosts[0].Spec with { Inspection = InspectionPolicy.BeforeFirstUse } };
        AnnotateHost((Names.InspectAnnotation, "now"));
        if (!claimed) _objects.AddMachine("old", machine => machine with { Metadata = machine.Metadata with { Annotations = new Dictionary<string, string> { [Names.AdoptAnnotation] = "1" } } });

        Assert.Equal((false, null), (_objects.WishFor(1).InspectFirst, _objects.WishFor(1).Requests.Inspect));
    }

    [Fact]
    public void A_storage_server_of_which_nothing_is_known_is_not_wiped_for_anybody()
    {
        _objects.AddHost(1);
        _objects.Hosts[0] = _objects.Hosts[0] with { Spec = _objects.Hosts[0].Spec with { LifecycleClass = LifecycleClass.Storage } };
        _objects.Servers.Clear();

        Assert.True(_objects.WishFor(1).QuarantineGuard.NeedsPermit);
    }

    [Fact]
    public void A_quarantine_stands_on_the_host_until_it_is_lifted()
    {
        _objects.AddHost(1, state: Quarantined("uid-gone"));
        Assert.Contains("\"caphr.io/quarantined\":\"WipeIncomplete: m\"", _objects.WrittenTo("node1"), StringComparison.Ordinal);

        AnnotateHost((Names.QuarantinedAnnotation, "WipeIncomplete: m"));
        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(new ServerState.Registered(Robot: null) { Number = new ServerNumber(1) }, Note: null);
        Assert.Equal(new Doubt("WipeIncomplete", "m"), _objects.WishFor(1).Doubted);
        Assert.DoesNotContain("quarantined\":null", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);

        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(new ServerState.Available { Number = new ServerNumber(1) }, Note: null);
        Assert.Contains("\"caphr.io/quarantined\":null", _objects.WrittenTo("node1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_move_does_not_wait_for_a_machine_at_rest()
    {
        _objects.AddHost(1, consumer: "cp-0", state: Provisioned());
        _objects.AddMachine("cp-0", machine => machine with
        {
            Spec = machine.Spec with { ProviderID = "hetzner-robot://1" },
            Metadata = machine.Metadata with { Annotations = new Dictionary<string, string> { [ClusterApi.BlockMoveAnnotation] = "" } },
        });

        Assert.Contains($"\"{ClusterApi.BlockMoveAnnotation}\":null", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_stays_until_its_machines_are_gone()
    {
        var deleted = _objects.InfraCluster with { Metadata = _objects.InfraCluster.Metadata with { DeletionTimestamp = Objects.Now } };
        _objects.InfraCluster = deleted;
        _objects.AddMachine("cp-0");
        Assert.DoesNotContain("finalizer", Written(), StringComparison.Ordinal);

        _objects.InfraMachines.Clear();
        Assert.StartsWith("finalizer", Written(), StringComparison.Ordinal);

        string Written() => ControlPlan.Make(_objects.Look()).Writes.OfType<Write.Of<HetznerRobotCluster>>().Select(write => $"{write} {write.Body.ToJsonString()}").SingleOrDefault() ?? "";
    }

    [Fact]
    public void A_free_server_in_maintenance_does_not_look_free()
    {
        var host = _objects.AddHost(1) with { Spec = new HetznerRobotHostSpec { ServerID = 1, MaintenanceMode = true } };
        _objects.Hosts[0] = host;

        Assert.Equal("Maintenance", HostProjection.Of(host, _objects.Look()).Phase);
    }

    [Fact]
    public void What_a_person_was_told_last_is_a_condition_and_a_wipe_leaves_its_evidence()
    {
        var disk = new DiskFacts("nvme0n1", "S1", "eui.1", "nvme-S1", 1_000, Rotational: false, Foreign: null);
        var host = _objects.AddHost(1, state: new ServerState.Available
        {
            Number = new ServerNumber(1),
            Answered = Answered.Nothing with { Last = new RequestAnswer(ServerRequest.PowerCycle, Granted: false, "Not now.") },
            LastWipe = new WipeEvidence(Objects.Now, disk, new ObjectName("metal", "cp-0")),
        });

        var status = HostProjection.Of(host, _objects.Look());

        Assert.Equal(("False", "PowerCycleDeclined", "Not now."), status.Conditions.Where(one => one.Type == "RequestGranted").Select(one => (one.Status, one.Reason, one.Message)).Single());
        Assert.Equal((Objects.Now, "S1", "metal/cp-0"), (status.LastWipe!.At, status.LastWipe.Disk.Serial, status.LastWipe.Machine));
    }

    private static Provision Plan { get; } = new()
    {
        Claim = new ClaimId("uid-cp-0"),
        Machine = new ObjectName(Objects.Namespace, "cp-0"),
        Cluster = "demo",
        Robot = new RobotAccess(new ObjectName(Objects.Namespace, "robot"), new ObjectName(Objects.Namespace, "ssh")),
        Image = new Uri("https://factory.talos.dev/image"),
        TalosVersion = "v1.12.4",
        ProviderId = "hetzner-robot://1",
        TalosSecrets = new ObjectName(Objects.Namespace, "demo-talos"),
    };

    private static ServerState.Provisioned Provisioned() => new("v1.12.4") { Number = new ServerNumber(1), Plan = Plan };

    private static ServerState.Quarantined Quarantined(string freed) => new("WipeIncomplete", "m") { Number = new ServerNumber(1), Freed = new ClaimId(freed) };

    private void AnnotateHost(params (string Name, string Value)[] annotations) =>
        _objects.Hosts[0] = _objects.Hosts[0] with { Metadata = _objects.Hosts[0].Metadata with { Annotations = annotations.ToDictionary(one => one.Name, one => one.Value) } };
}
