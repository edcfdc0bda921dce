using Caphr.Host.Robot;
using Caphr.Protocols.Robot;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Host.Tests.Robot;

public sealed class BudgetTests
{
    private const string Account = "#ws+test";

    private static readonly RobotQuota s_resets = RobotQuota.Of(HttpMethod.Post, "/reset/{server}");

    [Theory]
    [InlineData("POST", "/reset/{server}", 0.2, 40, 36)]
    [InlineData("GET", "/server", 0.2, 160, 144)]
    [InlineData("GET", "/server/{server}", 0.0, 200, 180)]
    [InlineData("GET", "/ip/{ip}", 0.2, 4000, 3600)]
    [InlineData("POST", "/wol/{server}", 0.9, 1, 1)]
    [InlineData("POST", "/something/new", 0.2, 8, 8)]
    public void People_keep_their_share_and_the_urgent_keep_theirs(string method, string template, double reserve, int urgent, int others)
    {
        var (budget, quota) = (new Budget(reserve), RobotQuota.Of(new HttpMethod(method), template));

        Assert.Equal(urgent, budget.Allowance(quota, RobotLane.Fence));
        Assert.Equal(urgent, budget.Allowance(quota, RobotLane.Recover));
        Assert.Equal(others, budget.Allowance(quota, RobotLane.Provision));
    }

    [Fact]
    public void A_list_and_a_single_object_share_a_counter_and_methods_do_not()
    {
        Assert.Equal(RobotQuota.Of(HttpMethod.Get, "/server"), RobotQuota.Of(HttpMethod.Get, "/server/{server}"));
        Assert.NotEqual(RobotQuota.Of(HttpMethod.Get, "/reset/{server}"), s_resets);
    }

    /// <summary>However takes are spread, by whichever lane, no hour of Robot's holds more of them than are allowed.</summary>
    [Fact]
    public void No_hour_holds_more_grants_than_the_allowance()
    {
        var steps = (from seconds in Gen.Choose(0, 400) from lane in Gen.Elements(RobotLanes.All.ToArray()) select (seconds, lane)).ListOf(300);
        Prop.ForAll(steps.ToArbitrary(), async given =>
        {
            var (ledger, budget) = (new MemoryRobotLedger(), new Budget(0.2));
            var now = new DateTimeOffset(2026, 3, 1, 12, 0, 17, TimeSpan.Zero);
            var granted = new List<DateTimeOffset>();
            foreach (var (seconds, lane) in given)
            {
                now += TimeSpan.FromSeconds(seconds / 10.0);
                if (await ledger.TakeAsync(new LedgerTake(Account, "p", s_resets.Name, budget.Allowance(s_resets, lane), now), default) is LedgerAnswer.Granted) granted.Add(now);
            }

            // A call may reach Robot half a minute after it was granted, and the next one at once.
            Assert.All(granted, first => Assert.InRange(granted.Count(other => other >= first && other < first + TimeSpan.FromMinutes(60.5)), 1, 40));
        }).QuickCheckThrowOnFailure();
    }
}
