using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using FsCheck;
using FsCheck.Fluent;
using static Caphr.Actors.Tests.Allocation.Pool;

namespace Caphr.Actors.Tests.Allocation;

public sealed class AllocatorTests
{
    [Fact]
    public void Who_waits_longest_is_served_first()
    {
        var allotments = Allocator.Assign([Machine("young", waits: 1), Machine("old", waits: 9)], [Host(1)]);

        Assert.Equal("old", Assert.Single(allotments.OfType<Allotment.Granted>()).For.Machine.Name);
        Assert.Equal("No free server for any HetznerRobotHost: it is just given to another Machine.", Assert.Single(allotments.OfType<Allotment.Nothing>()).Why);
    }

    [Fact]
    public void A_host_asked_for_by_name_is_not_given_to_one_that_takes_any()
    {
        var allotments = Allocator.Assign([Machine("any", waits: 9), Machine("named", hostRef: "node1")], [Host(1), Host(2)]);

        Assert.Equal(
            [("named", 1), ("any", 2)],
            allotments.OfType<Allotment.Granted>().Select(granted => (granted.For.Machine.Name, granted.Host.Number.Value)));
    }

    [Fact]
    public void When_none_fits_each_group_of_servers_says_why()
    {
        var allotments = Allocator.Assign(
            [Machine("m", role: "compute")],
            [Host(1, "compute", takenBy: "metal/w-0"), Host(2, "compute", ServerPhase.Releasing), Host(3, "compute") with { Maintenance = true }, Host(4, "storage")]);

        Assert.Equal(
            "No free server for a HetznerRobotHost with role=compute: 1 held by metal/w-0, 1 in maintenance, 1 still Releasing.",
            Assert.IsType<Allotment.Nothing>(Assert.Single(allotments)).Why);
    }

    [Fact]
    public void A_host_of_another_namespace_is_never_given()
    {
        var elsewhere = Host(1) with { Host = new ObjectName("other", "node1") };

        Assert.IsType<Allotment.Nothing>(Assert.Single(Allocator.Assign([Machine("m")], [elsewhere])));
    }

    [Theory]
    [InlineData(LabelOperator.In, "compute", true)]
    [InlineData(LabelOperator.In, "storage", false)]
    [InlineData(LabelOperator.NotIn, "storage", true)]
    [InlineData(LabelOperator.NotIn, "compute", false)]
    [InlineData(LabelOperator.Exists, "", true)]
    [InlineData(LabelOperator.DoesNotExist, "", false)]
    public void Selectors_mean_what_they_mean_in_Kubernetes(LabelOperator op, string value, bool matches) =>
        Assert.Equal(matches, new LabelRule("role", op, [value]).Holds(new Dictionary<string, string> { ["role"] = "compute" }));

    [Fact]
    public void No_server_is_ever_given_twice_and_none_that_is_not_free() =>
        Prop.ForAll(Gen.Choose(0, 5).ListOf(12).ToArbitrary(), Gen.Choose(0, 3).ListOf(12).ToArbitrary(), (phases, wishes) =>
        {
            var hosts = phases.Select((phase, i) => Host(i, takenBy: phase == 1 ? "x" : null, phase: phase == 2 ? ServerPhase.Failed : ServerPhase.Available)).ToList();
            var machines = wishes.Select((wish, i) => Machine($"m{i}", waits: i, hostRef: wish == 0 ? $"node{i / 2}" : null)).ToList();

            var granted = Allocator.Assign(machines, hosts).OfType<Allotment.Granted>().ToList();
            return granted.Select(one => one.Host.Number).Distinct().Count() == granted.Count
                && granted.All(one => one.Host is { TakenBy: null, Phase: ServerPhase.Available });
        }).QuickCheckThrowOnFailure();
}
