using Caphr.Actors.Servers;

namespace Caphr.Actors.Tests.Servers;

public sealed class NodePlanTests
{
    private static readonly NodePlan s_node = new()
    {
        Hostname = "compute-fsn1-1",
        PlacesNetwork = true,
        Vlan = new VlanPlan(4000, "10.10.0.6", 24, [new RoutePlan("10.20.0.0/16", "10.10.0.1")]),
        AddressFamilies = ["IPv4", "IPv6"],
        Resolvers = ["185.12.64.1"],
        TimeServers = ["ntp1.hetzner.de"],
        SharedSecrets = new ObjectName("metal", "talos"),
        EphemeralSize = "100GiB",
        DataVolumes = [new VolumePlan("osd-data", Raw: true, DiskMatch: null, "1GiB", null, null)],
    };

    [Fact]
    public void A_plan_read_from_the_journal_equals_the_one_that_was_written()
    {
        var written = new ServerEvent.PlanChanged(Life.Start, Life.Plan with { Node = s_node });

        Assert.Equal(written, ServerEvents.Codec.Decode(ServerEvents.Codec.Encode(written, Life.Start)));
    }

    [Fact]
    public void Plans_that_say_something_else_are_not_equal()
    {
        NodePlan[] others =
        [
            s_node with { Vlan = s_node.Vlan! with { Routes = [] } }, s_node with { AddressFamilies = ["IPv6", "IPv4"] }, s_node with { Resolvers = [] },
            s_node with { TimeServers = [] }, s_node with { DataVolumes = [] }, s_node with { Hostname = null }, s_node with { Dhcp = true },
        ];

        Assert.All(others, other => Assert.NotEqual(s_node, other));
    }

    [Fact]
    public void A_plan_and_a_record_of_an_older_release_are_read_as_asking_for_nothing()
    {
        var now = ServerEvents.Codec.Encode(new ServerEvent.ClaimAccepted(Life.Start, Life.Plan), Life.Start);
        var old = now with { Payload = WithoutMember(now.Payload, "plan", "node") };
        var found = ServerEvents.Codec.Encode(new ServerEvent.Identified(Life.Start, Life.Record), Life.Start);

        Assert.Equal(new NodePlan(), Assert.IsType<ServerEvent.ClaimAccepted>(ServerEvents.Codec.Decode(old)).Plan.Node);
        Assert.Null(Assert.IsType<ServerEvent.Identified>(ServerEvents.Codec.Decode(found with { Payload = WithoutMember(found.Payload, "record", "gateway") })).Record.Gateway);
    }

    [Fact]
    public void The_same_wish_again_changes_no_plan()
    {
        var life = new Life();
        life.Hear(new ServerInput.WishObserved(Life.Idle));
        life.Hear(new ServerInput.Heard.ServerFound(life.Key, Life.Record));
        life.Hear(new ServerInput.WishObserved(Life.Idle with { Provision = Life.Plan with { Bootstrap = null, Node = s_node } }));

        var again = life.Hear(new ServerInput.WishObserved(Life.Idle with { Provision = Life.Plan with { Bootstrap = null, Node = s_node with { Resolvers = ["185.12.64.1"] } } }));

        Assert.Empty(again.Events);
        Assert.Equal(s_node, Assert.IsType<ServerState.Claimed>(life.State).Plan.Node);
    }

    private static string WithoutMember(string payload, string of, string member)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(payload)!.AsObject();
        Assert.True(json[of]!.AsObject().Remove(member));
        return json.ToJsonString();
    }
}
