using Caphr.Actors.Servers;
using Caphr.Host.Effects;
using Caphr.Protocols.MachineConfig;

namespace Caphr.Host.Tests.Effects;

public sealed class NodeFactsTests
{
    private static readonly NodePlan s_plan = new() { PlacesNetwork = true };
    private static readonly ServerRecord s_record = new("203.0.113.17", "2001:db8:1:2::", "Server Auction", "FSN1-DC14", "203.0.113.1");

    [Fact]
    public void A_server_has_its_addresses_from_Robot_and_its_card_from_the_inspection()
    {
        var facts = Of(s_plan, s_record);

        Assert.Equal("a8:a1:59:00:00:01", facts.PrimaryMac);
        Assert.Equal(new PublicIpv4 { Address = "203.0.113.17", Gateway = "203.0.113.1" }, facts.Ipv4);
        Assert.Equal("2001:db8:1:2::/64", facts.Ipv6);
        Assert.Equal(["185.12.64.1", "185.12.64.2"], facts.Resolvers);
        Assert.Equal(HetznerDefaults.TimeServers, facts.TimeServers);
        Assert.Equal(
            [("node.cluster.x-k8s.io/datacenter", "FSN1-DC14"), ("node.cluster.x-k8s.io/product", "Server-Auction"), ("node.cluster.x-k8s.io/server-number", "7")],
            facts.NodeLabels.Select(label => (label.Key, label.Value)));
    }

    [Fact]
    public void A_server_without_IPv4_keeps_the_address_it_is_watched_at()
    {
        var facts = Of(s_plan, s_record with { Address = "2001:db8:1:2::2", Gateway = null });

        Assert.Null(facts.Ipv4);
        Assert.Equal("2001:db8:1:2::2/64", facts.Ipv6);
        Assert.All(facts.Resolvers, resolver => Assert.Contains(':', resolver));
    }

    [Theory]
    [InlineData(true, "203.0.113.1")]
    [InlineData(false, null)]
    public void DHCP_is_used_where_it_is_wished_or_the_gateway_is_not_known_and_brings_its_own_resolvers(bool wished, string? gateway)
    {
        var facts = Of(s_plan with { Dhcp = wished }, s_record with { Gateway = gateway });

        Assert.Equal(new PublicIpv4 { Dhcp = true }, facts.Ipv4);
        Assert.Empty(facts.Resolvers);
    }

    [Fact]
    public void A_plan_of_an_older_release_places_disk_and_provider_id_only()
    {
        var facts = Of(new NodePlan(), s_record);

        Assert.Equal((new InstallDisk.ByWwn("eui.1"), "hetzner-robot://7"), (facts.InstallDisk, facts.ProviderId));
        Assert.Equal((null, null, null, null), (facts.PrimaryMac, facts.Ipv4, facts.Ipv6, facts.Vlan));
        Assert.Empty(facts.NodeLabels);
        Assert.Empty(facts.TimeServers);
    }

    [Fact]
    public void What_is_planned_is_a_fact()
    {
        var facts = Of(
            s_plan with
            {
                Hostname = "compute-fsn1-7",
                Vlan = new VlanPlan(4000, "10.10.0.6", 24, [new RoutePlan("10.20.0.0/16", "10.10.0.1")]),
                AddressFamilies = ["IPv6"],
                Resolvers = ["10.0.0.53"],
                TimeServers = ["ntp.example.org"],
                EphemeralSize = "100GiB",
                DataVolumes = [new VolumePlan("osd-data", Raw: true, "", "1GiB", null, null), new VolumePlan("scratch", Raw: false, "!system_disk", null, "1TiB", "xfs")],
            },
            s_record);

        Assert.Equal(("compute-fsn1-7", "100GiB"), (facts.Hostname, facts.EphemeralSize));
        Assert.Equal((4000, "10.10.0.6", 24, 1400), (facts.Vlan!.Id, facts.Vlan.Address, facts.Vlan.PrefixLength, facts.Vlan.Mtu));
        Assert.Equal(new StaticRoute("10.20.0.0/16", "10.10.0.1"), Assert.Single(facts.Vlan.Routes));
        Assert.Equal([IpFamily.IPv6], facts.NodeFamilies);
        Assert.Equal("10.0.0.53", Assert.Single(facts.Resolvers));
        Assert.Equal("ntp.example.org", Assert.Single(facts.TimeServers));
        Assert.Equal([("osd-data", DataVolumeKind.Raw, "system_disk"), ("scratch", DataVolumeKind.User, "!system_disk")], facts.DataVolumes.Select(volume => (volume.Name, volume.Kind, volume.DiskMatch)));
    }

    private static Protocols.MachineConfig.HardwareFacts Of(NodePlan plan, ServerRecord record) => NodeFacts.Of(
        new NodeOrder(
            new ServerNumber(7),
            record,
            new DiskFacts("nvme0n1", "S1", "eui.1", "nvme-S1", 1, Rotational: false, Foreign: null),
            "a8:a1:59:00:00:01",
            "hetzner-robot://7",
            new ObjectName("metal", "bootstrap"),
            plan),
        shared: null);
}
