using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>A node without an address in its cluster's VLAN would look well and be reached by nobody, so its server is not even begun with.</summary>
public sealed class PrivateNetworkTests
{
    private const string WhatToWrite = "HetznerRobotCluster demo has a vlanConfig: write the server's address in that VLAN to spec.internalIP of HetznerRobotHost node1.";

    private readonly Objects _objects = new();

    public PrivateNetworkTests() =>
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { VlanConfig = new VlanConfig { Id = 4000 } } };

    [Fact]
    public void A_host_without_an_address_in_the_VLAN_is_not_claimed_and_the_machine_says_what_to_write()
    {
        _objects.AddHost(1);
        _objects.AddMachine("w-0");

        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1"), StringComparison.Ordinal);
        Assert.Contains("it is without spec.internalIP, which must hold its address in the cluster\\u0027s VLAN.", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_host_that_has_one_is_claimed_instead()
    {
        _objects.AddHost(1);
        Address(_objects.AddHost(2));
        _objects.AddMachine("w-0");

        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1"), StringComparison.Ordinal);
        Assert.Contains("\"name\":\"w-0\"", _objects.WrittenTo("node2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_VLAN_no_address_is_asked_for()
    {
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { VlanConfig = null } };
        _objects.AddHost(1);
        _objects.AddMachine("w-0");

        Assert.Contains("\"name\":\"w-0\"", _objects.WrittenTo("node1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_is_claimed_already_is_not_begun_with()
    {
        _objects.AddHost(1, consumer: "w-0");
        _objects.AddMachine("w-0");

        Assert.Null(_objects.WishFor(1).Provision);
        Assert.Contains(WhatToWrite, Shown(_objects.WrittenTo("w-0")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_took_up_its_claim_before_there_was_a_VLAN_says_so_too()
    {
        var plan = PlanWithoutVlan();
        _objects.Servers[plan.Number] = new ServerSnapshot(new ServerState.Claimed { Number = plan.Number, Plan = plan.Provision }, Note: null);

        Assert.Null(_objects.WishFor(1).Provision);
        Assert.Contains(WhatToWrite, Shown(_objects.WrittenTo("w-0")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_begun_goes_on_when_the_cluster_gets_a_VLAN()
    {
        var plan = PlanWithoutVlan();
        _objects.Servers[plan.Number] = new ServerSnapshot(new ServerState.InRescue(Purpose.Install, "SHA256:x") { Number = plan.Number, Plan = plan.Provision }, Note: null);

        Assert.NotNull(_objects.WishFor(1).Provision);
        Assert.DoesNotContain("internalIP", _objects.WrittenTo("w-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_runs_is_recognised_without_an_address()
    {
        _objects.AddHost(1, consumer: "w-0");
        _objects.AddMachine("w-0", machine => machine with { Spec = machine.Spec with { ProviderID = "hetzner-robot://1" } });

        Assert.True(_objects.WishFor(1).Provision?.AlreadyNode);
    }

    private (ServerNumber Number, Provision Provision) PlanWithoutVlan()
    {
        var vlan = _objects.InfraCluster.Spec.VlanConfig;
        _objects.AddHost(1, consumer: "w-0");
        _objects.AddMachine("w-0");
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { VlanConfig = null } };
        var provision = _objects.WishFor(1).Provision!;
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { VlanConfig = vlan } };
        return (new ServerNumber(1), provision);
    }

    private void Address(HetznerRobotHost host) =>
        _objects.Hosts[_objects.Hosts.IndexOf(host)] = host with { Spec = host.Spec with { InternalIP = "10.10.0.6" } };

    private static string Shown(string? json) => (json ?? "").Replace("\\u0027", "'", StringComparison.Ordinal);
}
