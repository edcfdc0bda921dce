using System.Text.Json.Nodes;
using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>What a HetznerRobotRemediation asks of a server, what it shows, and what its Machine is told.</summary>
public sealed class RemediationTests
{
    private static readonly RepairOrder s_order = new("uid-request", RepairCause.HealthCheck, Resets: 2, TimeSpan.FromMinutes(10));

    private readonly Objects _objects = new();

    [Fact]
    public void A_request_asks_its_machines_server_for_as_many_resets_as_it_allows()
    {
        Provisioned();

        Assert.Equal(s_order, _objects.WishFor(1).Repair);
        Assert.Null(_objects.WishFor(1).Provision!.Quorum);
    }

    [Fact]
    public void Nothing_is_asked_of_the_server_of_another_machine()
    {
        Provisioned();
        _objects.AddHost(2, consumer: "worker-2", state: State(2, "worker-2"));
        _objects.AddMachine("worker-2", machine => machine with { Spec = machine.Spec with { ProviderID = "hetzner-robot://2" } });

        Assert.Null(_objects.WishFor(2).Repair);
    }

    public static TheoryData<string> Forbidden => ["machine", "infrastructure machine", "request", "paused request"];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void Nothing_is_repaired_for_what_is_being_deleted_or_paused(string which)
    {
        Provisioned();
        if (which == "machine") _objects.Machines[0] = _objects.Machines[0] with { Metadata = _objects.Machines[0].Metadata with { DeletionTimestamp = Objects.Now } };
        if (which == "infrastructure machine") _objects.InfraMachines[0] = _objects.InfraMachines[0] with { Metadata = _objects.InfraMachines[0].Metadata with { DeletionTimestamp = Objects.Now } };
        if (which == "request") Request(request => request with { Metadata = request.Metadata with { DeletionTimestamp = Objects.Now } });
        if (which == "paused request")
            Request(request => request with { Metadata = request.Metadata with { Annotations = new Dictionary<string, string> { [ClusterApi.PausedAnnotation] = "" } } });

        Assert.Null(_objects.WishFor(1).Repair);
    }

    [Fact]
    public void A_control_planes_node_goes_down_only_if_the_others_keep_their_quorum()
    {
        Provisioned(controlPlane: true);
        Peer(2, "cp-1", "192.0.2.2");
        Peer(3, "cp-2", "192.0.2.3");

        Assert.Equal(new QuorumQuestion(new ObjectName(Objects.Namespace, "demo-talos"), ["192.0.2.2", "192.0.2.3"], Others: 2), _objects.WishFor(1).Provision!.Quorum);
    }

    [Theory]
    [InlineData(RepairStage.Pressing, RemediationPhase.Running)]
    [InlineData(RepairStage.Watching, RemediationPhase.Waiting)]
    [InlineData(RepairStage.Returned, RemediationPhase.Waiting)]
    public void A_request_shows_how_far_the_repair_is(RepairStage stage, RemediationPhase phase)
    {
        Provisioned();
        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(Repairing(stage), Note: null);

        var status = Remediations.StatusOf(_objects.Remediations[0], _objects.Look());

        Assert.Equal((phase, 1, "node1"), (status.Phase, status.RetryCount, status.HostRef!.Name));
        Assert.Equal(stage == RepairStage.Pressing ? null : Objects.Now.AddMinutes(9), status.WaitUntil);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_no_reset_has_helped_the_owner_is_asked_to_replace_the_machine_in_both_families_of_conditions(bool provisioning)
    {
        Provisioned();
        var theirs = new Condition { Type = "HealthCheckSucceeded", Status = "False", Reason = "UnhealthyNode", LastTransitionTime = Objects.Now };
        _objects.Machines[0] = _objects.Machines[0] with { Status = new MachineStatus { Conditions = [theirs] } };
        Failed(provisioning ? ServerPhase.Installing : ServerPhase.Remediating);

        var written = Assert.IsType<Write.Of<Machine>>(Remediations.WriteFor(_objects.Remediations[0], _objects.Look()));

        Assert.True(written.IsStatus);
        var conditions = written.Body["status"]!["conditions"]!.AsArray();
        Assert.Equal(["HealthCheckSucceeded", "OwnerRemediated"], conditions.Select(one => (string)one!["type"]!));
        Assert.Equal(("False", "WaitingForRemediation"), Told(conditions[1]!));
        var older = Assert.Single(written.Body["status"]!["deprecated"]!["v1beta1"]!["conditions"]!.AsArray());
        Assert.Equal(("False", "WaitingForRemediation"), Told(older!));
        Assert.Equal(RemediationPhase.Escalated, Remediations.StatusOf(_objects.Remediations[0], _objects.Look()).Phase);
    }

    [Fact]
    public void A_server_that_has_not_reported_yet_says_nothing_about_its_machine()
    {
        Provisioned();
        _objects.Servers.Clear();

        Assert.Null(Remediations.WriteFor(_objects.Remediations[0], _objects.Look()));
    }

    [Fact]
    public void The_owner_is_asked_once()
    {
        Provisioned();
        Failed(ServerPhase.Remediating);
        var asked = new Condition { Type = "OwnerRemediated", Status = "False", Reason = "Replacing", LastTransitionTime = Objects.Now };
        _objects.Machines[0] = _objects.Machines[0] with { Status = new MachineStatus { Conditions = [asked] } };

        Assert.Null(Remediations.WriteFor(_objects.Remediations[0], _objects.Look()));
    }

    [Theory]
    [InlineData(RepairStage.Returned, true)]
    [InlineData(RepairStage.Watching, false)]
    public void The_annotation_that_asked_for_a_repair_goes_when_the_node_is_back(RepairStage stage, bool goes)
    {
        Provisioned();
        _objects.Machines[0] = _objects.Machines[0] with
        {
            Metadata = _objects.Machines[0].Metadata with { Annotations = new Dictionary<string, string> { [ClusterApi.RemediateMachineAnnotation] = "" } },
        };
        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(Repairing(stage), Note: null);

        var written = Remediations.WriteFor(_objects.Remediations[0], _objects.Look()) as Write.Of<Machine>;

        Assert.Equal(goes, written is not null);
        Assert.True(written is null || written.Body["metadata"]!["annotations"]!.AsObject() is { Count: 1 } annotations && annotations[ClusterApi.RemediateMachineAnnotation] is null);
    }

    [Theory]
    [InlineData(false, RemediationPhase.Skipped)]
    [InlineData(true, RemediationPhase.Escalated)]
    public void A_machine_that_waits_for_its_first_server_keeps_its_place_in_the_queue(bool wasNode, RemediationPhase phase)
    {
        Provisioned();
        _objects.Hosts.Clear();
        if (!wasNode) _objects.InfraMachines[0] = _objects.InfraMachines[0] with { Spec = _objects.InfraMachines[0].Spec with { ProviderID = null } };

        Assert.Equal(phase, Remediations.StatusOf(_objects.Remediations[0], _objects.Look()).Phase);
        Assert.Equal(wasNode, Remediations.WriteFor(_objects.Remediations[0], _objects.Look()) is not null);
    }

    [Fact]
    public void A_server_at_work_is_left_alone_and_the_request_says_so()
    {
        Provisioned();
        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(
            new ServerState.EnteringRescue(Purpose.Install, RescueStage.Awaiting) { Number = new ServerNumber(1), Plan = Plan(1, "worker-1") }, Note: null);

        var status = Remediations.StatusOf(_objects.Remediations[0], _objects.Look());

        Assert.Equal(RemediationPhase.Skipped, status.Phase);
        Assert.Contains("never reset", status.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("600s", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5m", 90)]
    [InlineData("10 minutes", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Spans_of_time_are_read_as_Go_writes_them(string? text, int? seconds) =>
        Assert.Equal(seconds is { } known ? TimeSpan.FromSeconds(known) : null, Durations.Of(text));

    private static (string, string) Told(JsonNode condition) => ((string)condition["status"]!, (string)condition["reason"]!);

    private void Provisioned(bool controlPlane = false)
    {
        _objects.AddHost(1, consumer: "worker-1", state: State(1, "worker-1"));
        _objects.AddMachine("worker-1", machine => machine with { Spec = machine.Spec with { ProviderID = "hetzner-robot://1" } }, owner => Owner(owner, "worker-1", controlPlane));
        _objects.Remediations.Add(new HetznerRobotRemediation
        {
            Metadata = Objects.Meta("worker-1") with { Uid = "uid-request" },
            Spec = new HetznerRobotRemediationSpec { Strategy = new RemediationStrategy { Type = "Reboot", RetryLimit = 2, Timeout = "600s" } },
        });
    }

    private void Peer(int number, string name, string address)
    {
        _objects.AddHost(number, consumer: name, state: State(number, name));
        _objects.AddMachine(
            name,
            machine => machine with
            {
                Spec = machine.Spec with { ProviderID = $"hetzner-robot://{number}" },
                Status = machine.Status with { Initialization = new Initialization { Provisioned = true }, Addresses = [new MachineAddress { Type = AddressType.ExternalIP, Address = address }] },
            },
            owner => Owner(owner, name, controlPlane: true));
    }

    private static Machine Owner(Machine owner, string infrastructure, bool controlPlane) => owner with
    {
        Metadata = controlPlane ? owner.Metadata with { Labels = new Dictionary<string, string>(owner.Metadata.Labels) { [ClusterApi.ControlPlaneLabel] = "" } } : owner.Metadata,
        Spec = owner.Spec with { InfrastructureRef = new ClusterApiReference { ApiGroup = Infrastructure.Group, Kind = "HetznerRobotMachine", Name = infrastructure } },
    };

    [Fact]
    public void Two_replicas_that_each_work_one_of_two_sick_control_planes_let_the_same_one_go_first()
    {
        var beginning = new List<int>();
        foreach (var mine in new[] { 1, 2 })
        {
            var objects = SickControlPlanes();
            objects.Shards.Clear();
            objects.Shards.Add(ServerRegion.ShardOf(new ServerNumber(mine)));
            objects.Servers.Remove(new ServerNumber(3 - mine));
            if (objects.WishFor(mine).Hold is null) beginning.Add(mine);
        }

        Assert.Single(beginning);
    }

    [Fact]
    public void A_control_plane_in_maintenance_takes_no_other_ones_turn()
    {
        var objects = SickControlPlanes();
        objects.Hosts[0] = objects.Hosts[0] with { Spec = objects.Hosts[0].Spec with { MaintenanceMode = true } };

        Assert.Null(objects.WishFor(2).Hold);
    }

    [Fact]
    public void Control_planes_that_a_person_power_cycles_all_at_once_go_one_after_another_and_ask_for_the_quorum()
    {
        var objects = SickControlPlanes();
        objects.Remediations.Clear();
        for (var i = 0; i < 2; i++) objects.Hosts[i] = objects.Hosts[i] with { Metadata = objects.Hosts[i].Metadata with { Annotations = new Dictionary<string, string> { [Names.PowerCycleAnnotation] = "1" } } };

        Assert.Single(new[] { 1, 2 }, number => objects.WishFor(number).Hold is null);
        Assert.All(new[] { 1, 2 }, number => Assert.NotNull(objects.WishFor(number).Provision!.Quorum));
    }

    [Fact]
    public void A_node_that_has_not_proven_itself_since_the_journal_was_lost_is_in_the_end_its_owners_to_replace()
    {
        Provisioned();
        var joining = new ServerState.Joining { Number = new ServerNumber(1), Plan = Plan(1, "worker-1") with { AlreadyNode = true }, Since = Objects.Now - Limits.JoinTimeout };
        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(joining, Note: null);
        Assert.Contains(ControlPlan.Make(_objects.Look()).Writes, write => write is Write.Of<Machine>);

        _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(joining with { Since = Objects.Now.AddMinutes(-5) }, Note: null);
        Assert.DoesNotContain(ControlPlan.Make(_objects.Look()).Writes, write => write is Write.Of<Machine>);
        // Nothing may change until then, and somebody has to look.
        Assert.Equal(Objects.Now.AddMinutes(-5) + Limits.JoinTimeout, _objects.Look().NextExpiry);
    }

    /// <summary>cp-1 and cp-2, each with a request, and since when each stands where it stands is the same to whoever works the other.</summary>
    private static Objects SickControlPlanes()
    {
        var tests = new RemediationTests();
        foreach (var number in new[] { 1, 2 })
        {
            tests.Peer(number, $"cp-{number}", $"192.0.2.{number}");
            var objects = tests._objects;
            objects.Servers[new ServerNumber(number)] = new ServerSnapshot(State(number, $"cp-{number}") with { Since = Objects.Now.AddMilliseconds(-600) }, Note: null);
            objects.Hosts[^1] = objects.Hosts[^1] with { Status = objects.Hosts[^1].Status with { Phase = "Provisioned", Since = Objects.Now.AddSeconds(-1) } };
            objects.Remediations.Add(new HetznerRobotRemediation
            {
                Metadata = Objects.Meta($"cp-{number}") with { Uid = $"uid-request-{number}" },
            });
        }

        return tests._objects;
    }

    private void Request(Func<HetznerRobotRemediation, HetznerRobotRemediation> change) => _objects.Remediations[0] = change(_objects.Remediations[0]);

    private void Failed(ServerPhase phase) => _objects.Servers[new ServerNumber(1)] = new ServerSnapshot(
        new ServerState.Failed(phase, "NodeNotHealed", "No reset has helped.") { Number = new ServerNumber(1), Plan = Plan(1, "worker-1") }, Note: null);

    private static ServerState.Repairing Repairing(RepairStage stage) => new(s_order, stage, "v1.12.4")
    {
        Number = new ServerNumber(1),
        Plan = Plan(1, "worker-1"),
        Tally = new RescueTally(0, 1),
        Until = Objects.Now.AddMinutes(9),
    };

    private static ServerState.Provisioned State(int number, string name) => new("v1.12.4")
    {
        Number = new ServerNumber(number),
        Plan = Plan(number, name),
        Record = new ServerRecord("192.0.2.1", null, "AX52", "FSN1-DC14"),
    };

    private static Provision Plan(int number, string name) => new()
    {
        Claim = new ClaimId("uid-" + name),
        Machine = new ObjectName(Objects.Namespace, name),
        Cluster = "demo",
        Robot = new RobotAccess(new ObjectName(Objects.Namespace, "robot"), new ObjectName(Objects.Namespace, "ssh")),
        Image = new Uri("https://factory.talos.dev/image"),
        TalosVersion = "v1.12.4",
        ProviderId = $"hetzner-robot://{number}",
        TalosSecrets = new ObjectName(Objects.Namespace, "demo-talos"),
    };
}
