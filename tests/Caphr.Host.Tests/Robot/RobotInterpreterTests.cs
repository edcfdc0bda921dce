using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Host.Robot;
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

    [Fact]
    public void A_reset_that_waited_for_the_quota_is_not_pressed_when_it_is_not_wanted_any_more()
    {
        var isWanted = true;
        var heard = PressAfterTheQuota(WipeGuard.None, () => isWanted = false, () => isWanted);

        var refused = Assert.IsType<Heard.Refused>(heard);
        Assert.Equal("ResetNotWanted", refused.Reason);
        Assert.NotNull(refused.Wait);
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void A_reset_that_waited_for_the_quota_is_not_pressed_under_a_permit_that_ended_meanwhile()
    {
        var ends = new WipePermit(new ObjectName("default", "release"), "uid", _world.Clock.GetUtcNow() + Budget.Window - TimeSpan.FromMinutes(1));

        var refused = Assert.IsType<Heard.Refused>(PressAfterTheQuota(new WipeGuard(NeedsPermit: true, ends), () => { }, () => true));

        Assert.Equal(("ReleaseExpired", Advice.GiveUp), (refused.Reason, refused.Advice));
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void A_reset_that_waited_for_the_quota_and_is_wanted_still_is_pressed()
    {
        Assert.IsType<Heard.ResetPressed>(PressAfterTheQuota(WipeGuard.None, () => { }, () => true));

        Assert.Equal(1, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void A_reset_that_waits_for_the_quota_while_its_server_is_handed_over_is_surely_not_pressed_and_said_so_at_once()
    {
        var warrant = Warrant();
        var refused = Assert.IsType<Heard.Refused>(PressAfterTheQuota(WipeGuard.None, () => _world.Dispatcher.Run(warrant.Revoke), () => true, warrant, TimeSpan.FromSeconds(1)));

        Assert.Equal(("ReplicaLostItsShard", Advice.WaitForPerson, TimeSpan.Zero), (refused.Reason, refused.Advice, refused.Wait));
        _world.Dispatcher.RunFor(Budget.Window);
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void A_reset_that_is_on_its_way_when_its_server_is_handed_over_is_heard_to_its_end()
    {
        var warrant = Warrant();
        var effect = new ServerEffect.PressReset(new EffectKey(s_server, 1), s_access, Purpose.Install, new ClaimId("uid"), WipeGuard.None);
        var pressed = _world.Start(() => _interpreter.PressAsync(effect, warrant, () => true, default));
        Assert.True(_world.Dispatcher.RunUntil(() => _world.Robot.Count("POST /reset/7") == 1, TimeSpan.FromMinutes(1)));
        Assert.False(pressed.IsCompleted);

        _world.Dispatcher.Run(warrant.Revoke);

        Assert.IsType<Heard.ResetPressed>(_world.Finish(pressed));
    }

    [Fact]
    public void A_reset_that_Robot_has_put_off_can_be_withdrawn_like_one_that_was_never_sent()
    {
        var warrant = Warrant();
        var effect = new ServerEffect.PressReset(new EffectKey(s_server, 1), s_access, Purpose.Install, new ClaimId("uid"), WipeGuard.None);
        _world.Robot.Instead = line => line.StartsWith("POST /reset", StringComparison.Ordinal) ? (503, "") : null;
        var pressed = _world.Start(() => _interpreter.PressAsync(effect, warrant, () => true, default));
        Assert.True(_world.Dispatcher.RunUntil(() => _world.Robot.Count("POST /reset/7") == 1, TimeSpan.FromMinutes(1)));
        _world.Dispatcher.RunFor(TimeSpan.FromSeconds(2));
        Assert.False(pressed.IsCompleted);
        var sent = _world.Robot.Count("POST /reset/7");

        _world.Dispatcher.Run(warrant.Revoke);

        Assert.Equal("ReplicaLostItsShard", Assert.IsType<Heard.Refused>(_world.Finish(pressed, TimeSpan.FromSeconds(1))).Reason);
        _world.Robot.Instead = _ => null;
        _world.Dispatcher.RunFor(TimeSpan.FromMinutes(10));
        Assert.Equal(sent, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void The_power_button_is_not_pressed_of_a_server_that_was_seen_to_be_shut_off_long_ago()
    {
        _world.Robot.Instead = line => line == "GET /reset/7" ? (200, """{"reset":{"server_number":7,"type":["hw","power"],"operating_status":"shut off"} }""") : null;

        var refused = Assert.IsType<Heard.Refused>(PressAfterTheQuota(WipeGuard.None, () => { }, () => true));
        Assert.Equal("PowerStateOld", refused.Reason);
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    /// <summary>The quota is used up until a few minutes after the reset was asked for.</summary>
    private Heard PressAfterTheQuota(WipeGuard guard, Action meanwhile, Func<bool> isWanted, Warrant? warrant = null, TimeSpan? within = null)
    {
        for (var number = 20; number < 56; number++) Assert.IsType<Heard.ResetPressed>(Press(number: new ServerNumber(number)));
        _world.Dispatcher.RunFor(Budget.Window - TimeSpan.FromMinutes(4));

        var effect = new ServerEffect.PressReset(new EffectKey(s_server, 1), s_access, Purpose.Install, new ClaimId("uid"), guard);
        var pressed = _world.Start(() => _interpreter.PressAsync(effect, warrant ?? Warrant(), isWanted, default));
        _world.Dispatcher.RunFor(TimeSpan.FromMinutes(1));
        Assert.False(pressed.IsCompleted);
        meanwhile();
        return _world.Finish(pressed, within);
    }

    private Heard Press(WipeGuard? guard = null, ServerNumber? number = null)
    {
        var effect = new ServerEffect.PressReset(new EffectKey(number ?? s_server, 1), s_access, Purpose.Install, new ClaimId("uid"), guard ?? WipeGuard.None);
        return _world.Finish(_world.Start(() => _interpreter.PressAsync(effect, Warrant(), () => true, default)));
    }

    private StepProblem? Withdraw() => _world.Finish(_world.Start(() => _interpreter.WithdrawOrderAsync(s_access, s_server, Warrant(), default)));

    private Warrant Warrant() => new(shard: 1, epoch: 1, new Standing(_world.Clock, _world.Clock.GetTimestamp(), TimeSpan.MaxValue));
}
