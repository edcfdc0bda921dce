using Caphr.Host.Robot;
using Caphr.Protocols.Robot;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Host.Tests.Robot;

public sealed class AccountStandingTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RobotQuota s_servers = RobotQuota.Of(HttpMethod.Get, "/server");
    private static readonly RobotQuota s_resets = RobotQuota.Of(HttpMethod.Post, "/reset/{server}");

    /// <summary>Whatever happens, everything but a rejected login ends by itself, and within the longest time that Robot can name.</summary>
    [Fact]
    public void Nothing_but_a_rejected_login_closes_an_account_for_ever()
    {
        var errors = (from error in Gen.Elements(Enum.GetValues<RobotError>()) from chance in Gen.Choose(0, 100) select (error, chance)).ListOf();
        Prop.ForAll(errors.ToArbitrary(), given =>
        {
            var (standing, now) = (AccountStanding.New, s_now);
            foreach (var (error, chance) in given)
            {
                standing = standing.Failed(Failure(error), s_servers, now, chance / 100.0);
                Assert.InRange(standing.CallsAtOnce(now), 1, 2);
                if (standing.Whole is { Why: not Closed.CredentialsRejected } whole) Assert.True(whole.Until <= now.AddMinutes(1));
                now += TimeSpan.FromSeconds(1);
            }

            Assert.All(RobotLanes.All, lane => Assert.True(standing.IsOpen(lane, s_servers, now + TimeSpan.FromMinutes(15))));
            Assert.All(RobotLanes.All, lane => Assert.True(standing.IsOpen(lane, s_resets, now + TimeSpan.FromMinutes(1))));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Before_robot_has_taken_the_login_one_call_is_made_at_a_time()
    {
        Assert.Equal(1, AccountStanding.New.CallsAtOnce(s_now));
        var accepted = AccountStanding.New.Accepted(s_servers, s_now);
        Assert.Equal(2, accepted.CallsAtOnce(s_now.AddSeconds(59)));
        Assert.Equal(1, accepted.CallsAtOnce(s_now.AddSeconds(61)));
        Assert.Equal(1, accepted.Failed(Failure(RobotError.Unauthorized), s_servers, s_now, 0).CallsAtOnce(s_now));
    }

    [Fact]
    public void What_is_spent_for_the_patient_is_not_spent_for_the_urgent_but_the_other_way_round()
    {
        var patient = AccountStanding.New.Spent(RobotLane.Provision, s_resets, s_now, s_now.AddMinutes(5));
        Assert.False(patient.IsOpen(RobotLane.Inventory, s_resets, s_now));
        Assert.True(patient.IsOpen(RobotLane.Fence, s_resets, s_now));

        var urgent = AccountStanding.New.Spent(RobotLane.Fence, s_resets, s_now, s_now.AddMinutes(5));
        Assert.False(urgent.IsOpen(RobotLane.Provision, s_resets, s_now));
        Assert.False(urgent.IsOpen(RobotLane.Recover, s_resets, s_now));
        Assert.True(urgent.IsOpen(RobotLane.Provision, s_servers, s_now));
    }

    [Fact]
    public void Maintenance_pauses_grow_and_an_answer_ends_them()
    {
        var standing = AccountStanding.New;
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            standing = standing.Failed(Failure(RobotError.Maintenance), s_servers, s_now, chance: 0.5);
            pauses.Add(standing.Whole!.Until!.Value - s_now);
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], pauses.Select(pause => (int)pause.TotalSeconds));
        Assert.Null(standing.Accepted(s_servers, s_now).Whole);
        Assert.Equal(2, (standing.Accepted(s_servers, s_now).Failed(Failure(RobotError.Maintenance), s_servers, s_now, 0.5).Whole!.Until!.Value - s_now).TotalSeconds);
    }

    [Fact]
    public void Since_when_it_is_closed_does_not_move_with_every_refusal()
    {
        var once = AccountStanding.New.Failed(Failure(RobotError.Unreachable), s_servers, s_now, 0);
        var again = once.Failed(Failure(RobotError.Unreachable), s_servers, s_now.AddSeconds(30), 0);

        Assert.Equal(s_now, again.Whole?.Since);
    }

    private static RobotFailure Failure(RobotError error) => new() { Error = error, Method = HttpMethod.Get, Template = "/server" };
}
