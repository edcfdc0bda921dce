using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Tests.Robot;

/// <summary>What is done when a reply is lost: Robot has heard, and nobody knows.</summary>
public sealed class RobotInterpreterTests
{
    private const string Garbage = "<html>a proxy has given up</html>";

    private static readonly ServerNumber s_server = new(7);
    private static readonly RobotAccess s_access = new(AccountWorld.Secret, new ObjectName("default", "ssh"));

    private readonly AccountWorld _world = new();
    private readonly RobotInterpreter _interpreter;

    public RobotInterpreterTests() => _interpreter = new RobotInterpreter(_world.Accounts, keys: null!, quorum: null!, _world.Clock);

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    [InlineData(502)]
    public void A_reset_whose_reply_is_lost_is_left_unknown_and_pressed_once(int status)
    {
        _world.Robot.Instead = line => line.StartsWith("POST /reset", StringComparison.Ordinal) ? (status, Garbage) : null;

        var heard = Press();

        Assert.IsType<Heard.LeftUnknown>(heard);
        Assert.Equal(1, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void When_only_looking_goes_wrong_the_reset_was_surely_not_pressed()
    {
        _world.Robot.Instead = line => line.StartsWith("GET /reset", StringComparison.Ordinal) ? (500, Garbage) : null;

        var refused = Assert.IsType<Heard.Refused>(Press());

        Assert.Equal(Advice.WaitForPerson, refused.Advice);
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void An_exhausted_quota_of_resets_is_waited_for_and_says_for_how_long()
    {
        Press();
        _world.Robot.Instead = line => line.StartsWith("POST /reset", StringComparison.Ordinal) ? (403, """{"error":{"status":403,"code":"RATE_LIMIT_EXCEEDED","interval":3600,"max_request":50}}""") : null;

        var first = Assert.IsType<Heard.Refused>(Press());
        var second = Assert.IsType<Heard.Refused>(Press());

        Assert.Equal(("RobotQuotaExhausted", Advice.WaitForPerson), (second.Reason, second.Advice));
        Assert.InRange(second.Wait!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal("RobotQuotaExhausted", first.Reason);
        Assert.Equal(2, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void A_left_over_order_whose_withdrawal_is_lost_is_looked_at_before_it_is_withdrawn_again()
    {
        var isActive = true;
        _world.Robot.Instead = line =>
        {
            if (line == "GET /boot/7/rescue" && isActive) return (200, """{"rescue":{"server_number":7,"active":true}}""");
            if (line != "DELETE /boot/7/rescue") return null;
            isActive = false;
            return (500, Garbage);
        };

        Assert.Null(Withdraw()!.Advice);
        Assert.Null(Withdraw());

        Assert.Equal(1, _world.Robot.Count("DELETE /boot/7/rescue"));
        Assert.Equal(2, _world.Robot.Count("GET /boot/7/rescue"));
    }

    [Fact]
    public void A_reset_whose_permit_has_ended_since_it_was_decided_is_not_pressed()
    {
        var ended = new WipePermit(new ObjectName("default", "release"), "uid", _world.Clock.GetUtcNow());

        var refused = Assert.IsType<Heard.Refused>(Press(new WipeGuard(NeedsPermit: true, ended)));

        Assert.Equal(("ReleaseExpired", Advice.GiveUp), (refused.Reason, refused.Advice));
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    /// <summary>The one asks a system that may hang, the others shut down a server that runs or ask a technician.</summary>
    [Theory]
    [InlineData("sw")]
    [InlineData("power")]
    [InlineData("man")]
    public void A_server_without_a_reset_button_is_told_of_and_no_other_button_is_pressed(string offered)
    {
        _world.Robot.Instead = line => line.StartsWith("GET /reset", StringComparison.Ordinal) ? (200, $$"""{"reset":{"server_number":7,"type":["{{offered}}"]} }""") : null;

        var refused = Assert.IsType<Heard.Refused>(Press());

        Assert.Equal(("ResetNotOffered", Advice.GiveUp), (refused.Reason, refused.Advice));
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    private Heard Press(WipeGuard? guard = null)
    {
        var effect = new ServerEffect.PressReset(new EffectKey(s_server, 1), s_access, Purpose.Install, new ClaimId("uid"), guard ?? WipeGuard.None);
        return _world.Finish(_world.Start(() => _interpreter.PressAsync(effect, Warrant(), default)));
    }

    private StepProblem? Withdraw() => _world.Finish(_world.Start(() => _interpreter.WithdrawOrderAsync(s_access, s_server, Warrant(), default)));

    private Warrant Warrant() => new(shard: 1, epoch: 1, new Standing(_world.Clock, _world.Clock.GetTimestamp(), TimeSpan.MaxValue));
}
