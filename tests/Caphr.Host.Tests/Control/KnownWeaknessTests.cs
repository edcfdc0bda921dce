using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>
/// How other providers choose and claim servers wrongly, each a scene that ours must not repeat: of the Go provider of the same name (an unguarded
/// claim, a choice that looks at a state alone, a delete that trusts a status) and of cluster-api-provider-hetzner (a random choice, a merge patch).
/// </summary>
public sealed class KnownWeaknessTests
{
    private readonly Objects _objects = new();

    private static IEnumerable<Write> Claims(WorldView world) => ControlPlan.Make(world).Writes.Where(write => write.Claimant is not null);

    [Fact]
    public void Two_replicas_that_each_see_another_machine_claim_against_the_same_version_so_that_one_write_fails()
    {
        _objects.AddHost(1);
        _objects.AddMachine("w-0");
        var one = Assert.Single(Claims(_objects.Look()));
        _objects.InfraMachines.Clear();
        _objects.Machines.Clear();
        _objects.AddMachine("w-1");
        var other = Assert.Single(Claims(_objects.Look()));

        Assert.NotEqual(one.Claimant, other.Claimant);
        Assert.Equal((one.Key, one.Version), (other.Key, other.Version));
        Assert.Equal("7", one.Version);
    }

    [Fact]
    public void A_host_whose_claim_is_set_is_not_chosen_although_its_server_says_it_is_available()
    {
        _objects.AddHost(1, consumer: "gone");
        _objects.AddMachine("w-0");

        Assert.Empty(Claims(_objects.Look()));
        Assert.Contains("it is held by metal/gone", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_is_deleted_touches_no_server_that_another_has_by_now()
    {
        _objects.AddHost(1, consumer: "w-1");
        _objects.AddMachine("w-1");
        _objects.AddMachine(
            "w-0",
            machine => Deleted(machine) with { Status = machine.Status with { HostRef = new HostReference { Name = "node1" } } },
            owner => owner with { Metadata = owner.Metadata with { DeletionTimestamp = Objects.Now } });

        Assert.Null(_objects.WishFor(1).Release);
        Assert.Equal(new ClaimId("uid-w-1"), _objects.WishFor(1).Provision!.Claim);
        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1") ?? "", StringComparison.Ordinal);
        Assert.StartsWith("release of HetznerRobotMachine metal/w-0", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_of_class_control_plane_can_be_claimed()
    {
        Change(_objects.AddHost(1), host => host with { Spec = host.Spec with { LifecycleClass = LifecycleClass.ControlPlane } });
        _objects.AddMachine("cp-0");

        Assert.Single(Claims(_objects.Look()));
    }

    [Fact]
    public void Whoever_waits_for_a_server_does_so_for_days_without_failing_and_takes_the_first_that_comes()
    {
        _objects.AddHost(1, consumer: "w-9");
        _objects.AddMachine("w-0", machine => machine with { Metadata = machine.Metadata with { CreationTimestamp = Objects.Now.AddDays(-9) } });

        var waiting = _objects.WrittenTo("w-0")!;
        Assert.Contains("\"phase\":\"Waiting\"", waiting, StringComparison.Ordinal);
        Assert.Contains("NoHostAvailable", waiting, StringComparison.Ordinal);
        Assert.DoesNotContain("Failed", waiting, StringComparison.Ordinal);

        _objects.AddHost(2);
        Assert.Single(Claims(_objects.Look()));
    }

    [Fact]
    public void What_a_machine_waits_for_stays_written_and_is_not_written_again()
    {
        _objects.AddHost(1, consumer: "w-9");
        var machine = _objects.AddMachine("w-0");
        var world = _objects.Look();
        var status = MachineProjection.Of(machine, world, Host.Control.Claims.Assign(world)[machine.Key]);
        _objects.InfraMachines[0] = machine with { Status = status };

        Assert.Contains(status.Conditions, condition => condition is { Type: "HostAssociated", Status: "False", Reason: "NoHostAvailable" });
        Assert.Null(_objects.WrittenTo("w-0"));
    }

    [Fact]
    public void A_server_that_needs_a_release_is_passed_over_before_the_claim_and_holds_nobody_up()
    {
        Change(_objects.AddHost(1), host => host with { Spec = host.Spec with { LifecycleClass = LifecycleClass.Storage } });
        Change(_objects.AddHost(2), host => host with { Spec = host.Spec with { MaintenanceMode = true } });
        _objects.AddHost(3);
        _objects.AddMachine("w-0");

        Assert.Equal("node3", Assert.Single(Claims(_objects.Look())).Key.Name);
    }

    [Theory]
    [InlineData("S5GX-1", true)]
    [InlineData("eui.01", true)]
    [InlineData("/dev/disk/by-id/nvme-A1", true)]
    [InlineData("nvme-A1", true)]
    [InlineData("/dev/nvme0n1", true)]
    [InlineData("S5GX-2", false)]
    [InlineData("/dev/disk/by-id/nvme-A2", false)]
    public void A_disk_to_install_on_that_is_not_there_is_found_out_before_the_claim(string installDisk, bool isThere)
    {
        var disk = new ServerDisk { Path = "/dev/disk/by-id/nvme-A1", Serial = "S5GX-1", Wwn = "eui.01" };
        Change(_objects.AddHost(1), host => host with { Status = new HetznerRobotHostStatus { Hardware = new ServerHardware { Disks = [disk] } } });
        _objects.AddMachine("w-0", machine => machine with { Spec = machine.Spec with { InstallDisk = installDisk } });

        Assert.Equal(isThere ? 1 : 0, Claims(_objects.Look()).Count());
        if (!isThere) Assert.Contains($"it is without a disk {installDisk}, which installDisk names", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_the_host_names_counts_where_the_machine_names_none()
    {
        Change(_objects.AddHost(1), host => host with
        {
            Spec = host.Spec with { InstallDisk = "S5GX-2" },
            Status = new HetznerRobotHostStatus { Hardware = new ServerHardware { Disks = [new ServerDisk { Path = "/dev/sda", Serial = "S5GX-1" }] } },
        });
        _objects.AddMachine("w-0");
        Assert.Empty(Claims(_objects.Look()));

        _objects.InfraMachines[0] = _objects.InfraMachines[0] with { Spec = _objects.InfraMachines[0].Spec with { InstallDisk = "S5GX-1" } };
        Assert.Single(Claims(_objects.Look()));
    }

    [Fact]
    public void A_server_without_an_address_is_not_claimed()
    {
        _objects.AddHost(1, state: new ServerState.Registered(Robot: null) { Number = new ServerNumber(1) });
        _objects.AddMachine("w-0");

        Assert.Empty(Claims(_objects.Look()));
    }

    [Fact]
    public void A_server_with_an_IPv6_address_alone_is_as_good_as_any()
    {
        var number = new ServerNumber(1);
        _objects.AddHost(1, state: new ServerState.Available { Number = number, Record = new ServerRecord("2001:db8:1:2::1", "2001:db8:1:2::", "AX52", "FSN1-DC14") });
        _objects.AddMachine("w-0");

        Assert.Single(Claims(_objects.Look()));
    }

    [Fact]
    public void Two_objects_for_one_server_are_claimed_once()
    {
        var host = _objects.AddHost(1);
        _objects.Hosts.Add(host with { Metadata = host.Metadata with { Name = "again" } });
        _objects.AddMachine("w-0");
        _objects.AddMachine("w-1");

        Assert.Single(Claims(_objects.Look()));
    }

    [Fact]
    public void The_choice_is_the_same_whenever_and_wherever_it_is_made()
    {
        for (var number = 1; number <= 20; number++) _objects.AddHost(number);
        for (var number = 0; number < 5; number++) _objects.AddMachine($"w-{number}");
        var first = Chosen();
        _objects.Hosts.Reverse();
        _objects.InfraMachines.Reverse();

        Assert.Equal(5, first.Count);
        Assert.Equal(first, Chosen());

        List<string> Chosen() => [.. Claims(_objects.Look()).Select(write => $"{write.Key} {write.Claimant}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void A_selector_that_makes_no_sense_matches_nothing_instead_of_everything()
    {
        _objects.AddHost(1);
        _objects.AddMachine("w-0", machine => machine with
        {
            Spec = machine.Spec with { HostSelector = new LabelSelector { MatchExpressions = [new LabelRequirement { Key = "role", Operator = LabelOperator.In }] } },
        });

        Assert.Empty(Claims(_objects.Look()));
    }

    [Fact]
    public void A_failure_stays_written_with_its_reason_for_as_long_as_it_lasts()
    {
        var number = new ServerNumber(1);
        _objects.AddHost(1, consumer: "w-0");
        _objects.AddMachine("w-0");
        var failed = new ServerState.Failed(ServerPhase.Installing, "ForeignData", "The disk holds data of Ceph.") { Number = number, Plan = _objects.WishFor(1).Provision! };
        _objects.Servers[number] = new ServerSnapshot(failed, Note: null);
        var world = _objects.Look();
        var shown = world.InfraMachines.Single();
        var status = MachineProjection.Of(shown, world, allotment: null);
        _objects.InfraMachines[0] = shown with { Status = status };

        Assert.Contains(status.Conditions, condition => condition is { Type: "Ready", Status: "False", Reason: "ForeignData" });
        Assert.Contains("The disk holds data of Ceph.", status.Message, StringComparison.Ordinal);
        Assert.Null(_objects.WrittenTo("w-0"));
    }

    [Fact]
    public void A_node_that_nobody_drained_goes_back_with_its_cluster()
    {
        _objects.AddHost(1, consumer: "w-0");
        _objects.AddMachine("w-0", Deleted, owner => owner with
        {
            Metadata = owner.Metadata with { DeletionTimestamp = Objects.Now },
            Status = new MachineStatus { NodeRef = new MachineNodeReference { Name = "w-0" } },
        });
        _objects.Cluster = _objects.Cluster with { Metadata = _objects.Cluster.Metadata with { DeletionTimestamp = Objects.Now } };

        Assert.Equal(new ClaimId("uid-w-0"), _objects.WishFor(1).Release);
    }

    [Fact]
    public void A_machine_whose_owner_and_clusters_are_gone_gives_its_server_back_and_goes_too()
    {
        var host = _objects.AddHost(1, consumer: "w-0");
        _objects.AddMachine("w-0", Deleted);
        _objects.Machines.Clear();
        _objects.Cluster = _objects.Cluster with { Metadata = Objects.Meta("another") };
        _objects.InfraCluster = _objects.InfraCluster with { Metadata = Objects.Meta("another") };

        Assert.Equal(new ClaimId("uid-w-0"), _objects.WishFor(1).Release);

        Change(host, one => one with { Spec = one.Spec with { ConsumerRef = null } });
        Assert.StartsWith("release of HetznerRobotMachine metal/w-0", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    private static HetznerRobotMachine Deleted(HetznerRobotMachine machine) => machine with { Metadata = machine.Metadata with { DeletionTimestamp = Objects.Now } };

    private void Change(HetznerRobotHost host, Func<HetznerRobotHost, HetznerRobotHost> change) => _objects.Hosts[_objects.Hosts.IndexOf(host)] = change(host);
}
