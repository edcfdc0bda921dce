using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

public sealed class NodePreviewTests
{
    private readonly Objects _objects = new();

    public NodePreviewTests()
    {
        Host(Inspected);
        _objects.AddMachine("w-0");
    }

    private static HetznerRobotHost Inspected(HetznerRobotHost host) => host with
    {
        Status = new HetznerRobotHostStatus
        {
            Addresses = [new MachineAddress { Type = AddressType.ExternalIP, Address = "203.0.113.17" }],
            FailureDomain = "FSN1-DC14",
            Hardware = new ServerHardware { Product = "AX52", Gateway = "203.0.113.1", PrimaryMAC = "a8:a1:59:00:00:01", InstallDisk = new ServerDisk { Path = "/dev/disk/by-id/nvme-S1", Serial = "S1" } },
        },
    };

    [Fact]
    public void From_the_objects_alone_comes_the_order_that_the_controller_gives()
    {
        var preview = NodePreview.Of(Key("w-0"), World(), out var whyNot);

        Assert.Equal("", whyNot);
        Assert.Equal("v1.12.4", preview!.TalosVersion);
        var provision = _objects.WishFor(1).Provision!;
        Assert.Equal((provision.Node, provision.ProviderId, provision.Bootstrap), (preview.Order.Node, preview.Order.ProviderId, preview.Order.Bootstrap));
        Assert.Equal(new ServerRecord("203.0.113.17", null, "AX52", "FSN1-DC14", "203.0.113.1"), preview.Order.Record);
        Assert.Equal(("a8:a1:59:00:00:01", "S1"), (preview.Order.PrimaryMac, preview.Order.Disk.Serial));
    }

    [Fact]
    public void A_machine_that_is_not_there_is_named() => Assert.Equal("There is no HetznerRobotMachine metal/w-9.", WhyNot("w-9"));

    [Fact]
    public void A_machine_that_is_being_deleted_is_not_looked_at()
    {
        _objects.InfraMachines[0] = _objects.InfraMachines[0] with { Metadata = _objects.InfraMachines[0].Metadata with { DeletionTimestamp = Objects.Now } };

        Assert.Equal("HetznerRobotMachine metal/w-0 is being deleted.", WhyNot("w-0"));
    }

    [Fact]
    public void What_a_machine_waits_for_is_said_in_the_words_of_its_status()
    {
        _objects.Machines.Clear();

        Assert.Equal("No Cluster API Machine owns this object yet.", WhyNot("w-0"));
    }

    [Fact]
    public void Without_a_server_there_is_no_hardware()
    {
        _objects.Hosts.Clear();

        Assert.Equal("HetznerRobotMachine metal/w-0 has no server yet.", WhyNot("w-0"));
    }

    [Fact]
    public void A_claim_that_the_machine_does_not_name_yet_may_be_one_of_two()
    {
        _objects.AreBound = false;

        Assert.Equal("HetznerRobotHost node1 is just being claimed for metal/w-0.", WhyNot("w-0"));
    }

    [Fact]
    public void Without_an_address_in_the_VLAN_it_says_what_to_write()
    {
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { VlanConfig = new VlanConfig { Id = 4000 } } };

        Assert.Contains("spec.internalIP of HetznerRobotHost node1", WhyNot("w-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_bootstrap_Secret_the_bootstrap_provider_is_waited_for()
    {
        _objects.Machines[0] = _objects.Machines[0] with { Spec = _objects.Machines[0].Spec with { Bootstrap = new MachineBootstrap() } };

        Assert.Equal("The bootstrap provider has not written a machine configuration for metal/w-0 yet.", WhyNot("w-0"));
    }

    [Fact]
    public void Before_Robot_has_told_about_the_server_its_addresses_are_not_known()
    {
        Host(host => host with { Status = new HetznerRobotHostStatus { Message = "Asking Robot for the server's address." } });

        Assert.Equal("Robot has not told about server 1 yet. Asking Robot for the server's address.", WhyNot("w-0"));
    }

    [Fact]
    public void Before_the_inspection_disk_and_card_are_not_known()
    {
        Host(host => WithoutDisk(Inspected(host)));

        Assert.Equal("Server 1 has not been inspected yet: its disk and its network card are known when the installation begins.", WhyNot("w-0"));
    }

    private static HetznerRobotHost WithoutDisk(HetznerRobotHost host) =>
        host with { Status = host.Status with { Hardware = host.Status.Hardware! with { InstallDisk = null } } };

    private static ObjectKey Key(string name) => new(Objects.Namespace, name);

    private string WhyNot(string name)
    {
        Assert.Null(NodePreview.Of(Key(name), World(), out var whyNot));
        return whyNot;
    }

    /// <summary>As a program sees it that knows the objects only.</summary>
    private WorldView World()
    {
        _objects.Servers.Clear();
        return _objects.Look();
    }

    private void Host(Func<HetznerRobotHost, HetznerRobotHost> change)
    {
        _objects.Hosts.Clear();
        var host = _objects.AddHost(1, consumer: "w-0");
        _objects.Hosts[0] = change(host);
    }
}
