using Caphr.Host.Robot;
using Caphr.Protocols.Robot;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Host.Tests.Robot;

public sealed class LanesProperties
{
    private static readonly RobotQuota[] s_quotas =
        [RobotQuota.Of(HttpMethod.Get, "/server"), RobotQuota.Of(HttpMethod.Post, "/reset/{server}"), RobotQuota.Of(HttpMethod.Get, "/boot/{server}/rescue")];

    /// <summary>Against a list that is sorted anew each time.</summary>
    [Fact]
    public void Of_those_whose_endpoint_is_open_the_first_of_the_first_lane_is_next()
    {
        var waiting = (from lane in Gen.Elements(RobotLanes.All.ToArray()) from quota in Gen.Elements(s_quotas) select (lane, quota)).ListOf();
        var isOpen = Gen.Elements(true, false).ArrayOf(s_quotas.Length);
        var arrivals = from all in waiting from open in isOpen select (All: all, Open: open);
        Prop.ForAll(arrivals.ToArbitrary(), given =>
        {
            var lanes = new Lanes<string>();
            var model = new List<(RobotLane Lane, RobotQuota Quota, int Order)>();
            for (var order = 0; order < given.All.Count; order++)
            {
                var (lane, quota) = given.All[order];
                lanes.Add(lane, quota, order, $"{order}");
                model.Add((lane, quota, order));
            }

            bool Open(RobotQuota quota) => given.Open[Array.IndexOf(s_quotas, quota)];
            var taken = new List<string>();
            while (lanes.TryTake((_, quota) => Open(quota), out var next)) taken.Add(next);

            Assert.Equal(model.Where(one => Open(one.Quota)).OrderBy(one => one.Lane).ThenBy(one => one.Order).Select(one => $"{one.Order}"), taken);
            Assert.Equal(model.Count(one => !Open(one.Quota)), lanes.Everything().Count());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_put_back_keeps_its_place()
    {
        var lanes = new Lanes<string>();
        for (var order = 0; order < 3; order++) lanes.Add(RobotLane.Provision, s_quotas[0], order, $"{order}");
        lanes.TryTake((_, _) => true, out var first);

        lanes.Add(RobotLane.Provision, s_quotas[0], 0, first!);

        Assert.True(lanes.TryTake((_, _) => true, out var again));
        Assert.Equal("0", again);
    }
}
