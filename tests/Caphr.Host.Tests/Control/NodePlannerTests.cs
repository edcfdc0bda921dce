using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

public sealed class NodePlannerTests
{
    private readonly Objects _objects = new();

    [Fact]
    public void Without_wishes_the_network_is_placed_and_the_rest_left_to_the_configuration()
    {
        _objects.AddHost(1, consumer: "w-0");
        _objects.AddMachine("w-0");

        Assert.Equal(new NodePlan { PlacesNetwork = true }, Planned());
    }

    [Fact]
    public void What_cluster_host_and_machine_say_is_planned()
    {
        var host = _objects.AddHost(1, consumer: "w-0");
        _objects.Hosts[0] = host with { Spec = host.Spec with { InternalIP = "10.10.0.6" } };
        _objects.AddMachine("w-0", machine => machine with
        {
            Spec = machine.Spec with { EphemeralSize = "100GiB", DataVolumes = [new MachineDataVolume { Name = "scratch", Type = MachineDataVolumeType.User, MinSize = "1GiB", Filesystem = "ext4" }] },
        });
        Cluster(spec => spec with
        {
            Dc = "fsn1",
            VlanConfig = new VlanConfig { Id = 4000, Routes = [new VlanRoute { Network = "10.20.0.0/16", Gateway = "10.10.0.1" }] },
            NodeNetwork = new NodeNetwork { Ipv4Mode = Ipv4Mode.Dhcp, NodeAddressFamilies = [NodeAddressFamily.IPv6, NodeAddressFamily.IPv4], Resolvers = ["10.0.0.53"], TimeServers = ["ntp.example.org"] },
        });

        Assert.Equal(
            new NodePlan
            {
                Hostname = "compute-fsn1-1",
                PlacesNetwork = true,
                Dhcp = true,
                Vlan = new VlanPlan(4000, "10.10.0.6", 24, [new RoutePlan("10.20.0.0/16", "10.10.0.1")]),
                AddressFamilies = ["IPv6", "IPv4"],
                Resolvers = ["10.0.0.53"],
                TimeServers = ["ntp.example.org"],
                EphemeralSize = "100GiB",
                DataVolumes = [new VolumePlan("scratch", Raw: false, null, "1GiB", null, "ext4")],
            },
            Planned());
    }

    [Theory]
    [InlineData(true, "control-plane-fsn1-1")]
    [InlineData(false, "compute-fsn1-1")]
    public void Only_control_planes_share_secrets_and_are_named_so(bool controlPlane, string name)
    {
        _objects.AddHost(1, consumer: "m-0");
        _objects.AddMachine("m-0", owner: machine => controlPlane
            ? machine with { Metadata = machine.Metadata with { Labels = new Dictionary<string, string>(machine.Metadata.Labels) { [ClusterApi.ControlPlaneLabel] = "" } } }
            : machine);
        Cluster(spec => spec with { Dc = "fsn1", TalosSecretRef = new SecretReference { Name = "shared" } });

        var plan = Planned();

        Assert.Equal(controlPlane ? new ObjectName(Objects.Namespace, "shared") : null, plan.SharedSecrets);
        Assert.Equal(name, plan.Hostname);
    }

    [Fact]
    public void A_Talos_that_CAPHR_cannot_configure_is_not_installed()
    {
        _objects.AddHost(1);
        _objects.AddMachine("w-0", machine => machine with { Spec = machine.Spec with { TalosVersion = "v1.8.4" } });

        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1"), StringComparison.Ordinal);
        Assert.Contains("spec.talosVersion is v1.8.4, and CAPHR knows how to configure Talos 1.9 to 1.14 only.", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    private NodePlan Planned() => _objects.WishFor(1).Provision!.Node;

    private void Cluster(Func<HetznerRobotClusterSpec, HetznerRobotClusterSpec> change) =>
        _objects.InfraCluster = _objects.InfraCluster with { Spec = change(_objects.InfraCluster.Spec) };
}
