using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Provisioning;

public sealed class ExampleTests
{
    /// <summary>The API server drops what its schema does not know without a word, so what is read back counts.</summary>
    [Fact]
    public async Task The_example_of_a_private_network_is_taken_as_it_is_written()
    {
        await using var lab = await TestLab.StartAsync(network: 220, servers: 1);
        await lab.ApplyDemoAsync(document => document.Contains("kind: Namespace", StringComparison.Ordinal));

        await lab.KubectlAsync("apply", "-f", Path.Combine(Checkout.Root, "examples", "private-network.yaml"));

        var cluster = (await lab.GetAsync<HetznerRobotCluster>("private"))!.Spec;
        Assert.Equal(("fsn1", 4000, "shared-talos"), (cluster.Dc, cluster.VlanConfig?.Id, cluster.TalosSecretRef?.Name));
        Assert.Equal(new VlanRoute { Network = "10.20.0.0/16", Gateway = "10.10.0.1" }, Assert.Single(cluster.VlanConfig!.Routes!));
        Assert.Equal([NodeAddressFamily.IPv4, NodeAddressFamily.IPv6], cluster.NodeNetwork!.NodeAddressFamilies);
        Assert.Equal((Ipv4Mode.Static, "10.10.0.53", "ntp.example.org"), (cluster.NodeNetwork.Ipv4Mode, Assert.Single(cluster.NodeNetwork.Resolvers!), Assert.Single(cluster.NodeNetwork.TimeServers!)));
        Assert.Equal("10.10.0.6", (await lab.GetAsync<HetznerRobotHost>("private-1"))!.Spec.InternalIP);
        var machine = (await lab.GetAsync<HetznerRobotMachine>("private-1"))!.Spec;
        Assert.Equal("100GiB", machine.EphemeralSize);
        Assert.Equal([MachineDataVolumeType.User, MachineDataVolumeType.Raw], machine.DataVolumes!.Select(volume => volume.Type!.Value));
    }
}
