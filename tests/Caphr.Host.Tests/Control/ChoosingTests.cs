using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using DiskKind = Caphr.Protocols.Kubernetes.Resources.DiskKind;

namespace Caphr.Host.Tests.Control;

/// <summary>From objects to which machine gets which host.</summary>
public sealed class ChoosingTests
{
    private readonly Objects _objects = new();

    [Fact]
    public void A_requirement_is_held_against_what_the_status_of_the_host_says()
    {
        AddHost(1, hardware => hardware with { MemoryMiB = 31_000 });
        AddHost(2, hardware => hardware);
        AddMachine("w-0", new HardwareRequirement
        {
            Product = "AX*",
            Datacenter = "FSN1*",
            Architecture = "amd64",
            Cpus = new WantedRange { Min = 16 },
            MemoryGiB = new WantedRange { Min = 64, Max = 64 },
            NicSpeedMbit = new WantedRange { Min = 1000 },
            Disks = [new DiskRequirement { Kind = DiskKind.Nvme, SizeGB = new WantedRange { Min = 500 }, Count = new WantedRange { Min = 2 } }, new DiskRequirement { Kind = DiskKind.Rotational }],
        });

        Assert.Equal("node2", ChosenBy("w-0"));
    }

    [Theory]
    [InlineData(DiskKind.Flash, "nvme", false, true)]
    [InlineData(DiskKind.Flash, "sata", false, true)]
    [InlineData(DiskKind.Flash, "sata", true, false)]
    [InlineData(DiskKind.Nvme, "sata", false, false)]
    [InlineData(DiskKind.Rotational, "sata", true, true)]
    [InlineData(null, "sas", true, true)]
    public void A_disk_is_of_the_kind_that_its_transport_and_platters_make_it(DiskKind? wanted, string transport, bool rotational, bool fits)
    {
        AddHost(1, hardware => hardware with { Disks = [new ServerDisk { Path = "/dev/sda", Transport = transport, Rotational = rotational, SizeBytes = 512_000_000_000 }] });
        AddMachine("w-0", new HardwareRequirement { Disks = [new DiskRequirement { Kind = wanted }] });

        Assert.Equal(fits ? "node1" : null, ChosenBy("w-0"));
    }

    [Fact]
    public void A_host_that_was_not_inspected_is_not_chosen_and_the_condition_says_what_would_help()
    {
        _objects.AddHost(1);
        AddMachine("w-0", new HardwareRequirement { Cpus = new WantedRange { Min = 8 } });

        Assert.Null(ChosenBy("w-0"));
        Assert.Contains("it is not inspected yet, so what spec.hardware asks for is not known (an inspection would tell).", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_product_is_known_from_Robot_without_an_inspection()
    {
        _objects.AddHost(1);
        AddMachine("w-0", new HardwareRequirement { Product = "AX52" });

        Assert.Equal("node1", ChosenBy("w-0"));
    }

    [Fact]
    public void The_image_is_for_the_processors_that_are_asked_for_and_for_no_others()
    {
        AddHost(1, hardware => hardware with { Architecture = "arm64" });
        AddMachine("w-0", hardware: null);
        Assert.Null(ChosenBy("w-0"));

        _objects.InfraMachines.Clear();
        _objects.Machines.Clear();
        var machine = AddMachine("w-1", new HardwareRequirement { Architecture = "arm64" });
        Assert.Equal("node1", ChosenBy("w-1"));
        Assert.EndsWith("/metal-arm64.raw.zst", WishBuilder.ImageOf(machine, _objects.InfraCluster, out _)!.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_brings_its_own_image_may_have_any_processor()
    {
        AddHost(1, hardware => hardware with { Architecture = "arm64" });
        _objects.AddMachine("w-0", machine => machine with { Spec = machine.Spec with { CustomImageURL = "https://images.example.org/talos.raw.zst" } });

        Assert.Equal("node1", ChosenBy("w-0"));
    }

    [Theory]
    [InlineData(null, false, null, false)]
    [InlineData(null, true, "TalosControlPlane", true)]
    [InlineData(null, true, null, false)]
    [InlineData(null, false, "MachineSet", false)]
    [InlineData(FailureDomainPolicy.Strict, true, "TalosControlPlane", false)]
    [InlineData(FailureDomainPolicy.Preferred, false, "MachineSet", true)]
    public void A_failure_domain_is_an_order_of_a_person_and_a_proposal_of_a_control_plane_unless_the_machine_says_otherwise(
        FailureDomainPolicy? policy, bool controlPlane, string? controller, bool elsewhere)
    {
        AddHost(1, hardware => hardware);
        _objects.AddMachine("m", machine => machine with { Spec = machine.Spec with { FailureDomainPolicy = policy } }, owner => owner with
        {
            Spec = owner.Spec with { FailureDomain = "NBG1-DC3" },
            Metadata = owner.Metadata with
            {
                Labels = controlPlane ? new Dictionary<string, string> { [ClusterApi.ControlPlaneLabel] = "" } : new Dictionary<string, string>(),
                OwnerReferences = controller is null ? [] : [new OwnerReference { ApiVersion = "cluster.x-k8s.io/v1beta2", Kind = controller, Name = "x", Uid = "x", Controller = true }],
            },
        });

        Assert.Equal(elsewhere ? "node1" : null, ChosenBy("m"));
        if (!elsewhere) Assert.Contains("it is not in failure domain NBG1-DC3.", _objects.WrittenTo("m"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClusterApi.DeploymentNameLabel)]
    [InlineData(ClusterApi.SetNameLabel)]
    [InlineData(ClusterApi.ControlPlaneLabel)]
    public void Machines_of_one_group_stand_apart(string label)
    {
        AddOneThatStandsAndOneThatWaits(label, "a", "a");

        Assert.Equal("node3", ChosenBy("waits"));
    }

    [Fact]
    public void Machines_of_different_groups_do_not_keep_each_other_away()
    {
        AddOneThatStandsAndOneThatWaits(ClusterApi.DeploymentNameLabel, "a", "b");

        Assert.Equal("node2", ChosenBy("waits"));
    }

    [Fact]
    public void A_member_that_is_going_leaves_its_place_to_the_one_that_follows_it()
    {
        AddOneThatStandsAndOneThatWaits(ClusterApi.DeploymentNameLabel, "a", "a");
        _objects.Machines[0] = _objects.Machines[0] with { Metadata = _objects.Machines[0].Metadata with { DeletionTimestamp = Objects.Now } };

        Assert.Equal("node2", ChosenBy("waits"));
    }

    [Fact]
    public void The_server_with_the_least_worn_disks_is_taken_first()
    {
        AddHost(1, hardware => hardware with { Disks = [hardware.Disks[0] with { Healthy = true, PercentageUsed = 60, PowerOnHours = 10 }] });
        AddHost(2, hardware => hardware with { Disks = [hardware.Disks[0] with { Healthy = true, PercentageUsed = 5, PowerOnHours = 40_000 }] });
        AddHost(3, hardware => hardware with { Disks = [hardware.Disks[0] with { Healthy = false, PercentageUsed = 1, PowerOnHours = 10 }] });
        AddMachine("w-0", hardware: null);

        Assert.Equal("node2", ChosenBy("w-0"));
    }

    [Fact]
    public void A_machine_that_is_a_node_gets_its_own_server_back_whatever_it_would_be_chosen_for_today()
    {
        AddHost(1, hardware => hardware);
        AddHost(2, hardware => hardware with { Cpus = 4, Architecture = "arm64" });
        _objects.AddMachine(
            "w-0",
            machine => machine with { Spec = machine.Spec with { ProviderID = "hetzner-robot://2", Hardware = new HardwareRequirement { Cpus = new WantedRange { Min = 16 } } } },
            owner => owner with { Spec = owner.Spec with { FailureDomain = "HEL1-DC2" } });

        Assert.Equal("node2", ChosenBy("w-0"));
    }

    private string? ChosenBy(string machine) =>
        (Claims.Assign(_objects.Look())[new ObjectKey(Objects.Namespace, machine)] as Allotment.Granted)?.Host.Host.Name;

    private HetznerRobotMachine AddMachine(string name, HardwareRequirement? hardware) =>
        _objects.AddMachine(name, machine => machine with { Spec = machine.Spec with { Hardware = hardware } });

    /// <summary>The first on node1, with node2 free beside it and node3 in another data centre.</summary>
    private void AddOneThatStandsAndOneThatWaits(string label, string first, string second)
    {
        AddMember("stands", label, first);
        AddMember("waits", label, second);
        AddHost(1, hardware => hardware, consumer: "stands");
        AddHost(2, hardware => hardware);
        AddHost(3, hardware => hardware, domain: "NBG1-DC3");
    }

    private void AddMember(string name, string label, string value) => _objects.AddMachine(
        name,
        owner: owner => owner with { Metadata = owner.Metadata with { Labels = new Dictionary<string, string> { [label] = value } } });

    private void AddHost(int number, Func<ServerHardware, ServerHardware> change, string domain = "FSN1-DC14", string? consumer = null)
    {
        var record = new ServerRecord("10.0.0.5", null, "AX52", domain);
        var host = _objects.AddHost(number, consumer, new ServerState.Available { Number = new ServerNumber(number), Record = record });
        _objects.Hosts[_objects.Hosts.IndexOf(host)] = host with { Status = new HetznerRobotHostStatus { Hardware = change(Hardware()) } };
    }

    private static ServerHardware Hardware() => new()
    {
        Architecture = "amd64",
        Cpus = 16,
        MemoryMiB = 64_001,
        NicSpeedMbit = 1000,
        Disks = [Disk("nvme"), Disk("nvme"), Disk("sata") with { Rotational = true }],
    };

    private static ServerDisk Disk(string transport) => new() { Path = "/dev/disk/by-id/x", Transport = transport, Rotational = false, SizeBytes = 512_110_190_592 };
}
