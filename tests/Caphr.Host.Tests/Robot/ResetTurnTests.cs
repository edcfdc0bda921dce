using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Tests.Robot;

public sealed class ResetTurnTests
{
    private const int ResetsOfAnHour = 36;
    private const int AtOnce = 4;

    private readonly AccountWorld _world = new();

    /// <summary>Three hours for a hundred servers; at the end of each but the last, one has asked in vain.</summary>
    [Fact]
    public void A_fleet_waits_for_its_resets_without_asking_robot_for_anything_else()
    {
        var fleet = Enumerable.Range(1, 100).Select(server => _world.Start(() => EnterRescueAsync(server))).ToList();

        Assert.True(_world.Dispatcher.RunUntil(() => fleet.TrueForAll(one => one.IsCompleted), TimeSpan.FromHours(6)), "Not all were reset.");

        Assert.Equal(100, Count("POST /reset/"));
        foreach (var call in new[] { "GET /boot/", "POST /boot/", "GET /reset/" }) Assert.InRange(Count(call), 100, 102);
        Assert.DoesNotContain(_world.Robot.Seen, call => call.Status == 403);
        Assert.InRange(_world.Clock.Elapsed, TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));
    }

    [Fact]
    public void Whoever_sets_out_and_never_comes_to_its_reset_holds_up_the_others_for_a_minute()
    {
        for (var lost = 1; lost <= AtOnce; lost++) Assert.True(_world.Finish(SetOut(lost)).Succeeded);
        var next = SetOut(AtOnce + 1);

        _world.Dispatcher.RunFor(TimeSpan.FromSeconds(59));
        Assert.False(next.IsCompleted);
        _world.Dispatcher.RunFor(TimeSpan.FromSeconds(2));

        Assert.True(next.IsCompleted);
        Assert.True(_world.Finish(next).Succeeded);
    }

    [Fact]
    public void Whose_turn_is_over_makes_room_at_once()
    {
        for (var server = 1; server <= AtOnce; server++) Assert.True(_world.Finish(SetOut(server)).Succeeded);
        var next = SetOut(AtOnce + 1);
        _world.Dispatcher.RunFor(TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);

        _world.Accounts.EndTurn(AccountWorld.Secret, 2);
        _world.Dispatcher.RunUntilIdle();

        Assert.True(next.IsCompleted);
        Assert.True(_world.Finish(next).Succeeded);
    }

    /// <summary>A server that asks again, as after a restart of its shard, is the same server.</summary>
    [Fact]
    public void A_server_that_asks_again_takes_no_second_turn()
    {
        for (var again = 0; again < AtOnce; again++) Assert.True(_world.Finish(SetOut(7)).Succeeded);

        Assert.True(_world.Finish(SetOut(8), TimeSpan.FromSeconds(1)).Succeeded);
    }

    [Fact]
    public void Those_who_wait_when_the_last_reset_is_used_are_told_when_there_will_be_one()
    {
        for (var server = 1; server <= AtOnce; server++) Assert.True(_world.Finish(SetOut(server)).Succeeded);
        var waiting = SetOut(AtOnce + 1);
        for (var press = 0; press < ResetsOfAnHour; press++) Assert.True(_world.Finish(Press(100 + press)).Succeeded);

        Assert.Equal("RobotQuotaExhausted", _world.Finish(Press(999)).Failure?.Reason);

        Assert.True(waiting.IsCompleted);
        Assert.InRange(_world.Finish(waiting).Failure!.Wait!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(62));
    }

    private int Count(string begin) => _world.Robot.Seen.Count(call => call.Line.StartsWith(begin, StringComparison.Ordinal));

    private Task<Outcome<Done, StepProblem>> SetOut(int server) => _world.Start(() => _world.Accounts.SetOutAsync(AccountWorld.Secret, RobotLane.Provision, server, default));

    private Task<Outcome<Done, StepProblem>> Press(int server) =>
        _world.Start(() => _world.Accounts.ChangeAsync(AccountWorld.Secret, RobotLane.Provision, Warrant(), RobotAsks.Press(server, ResetType.Hardware), default));

    /// <summary>As interpreters and lifecycle do it together: whoever is told to wait begins anew.</summary>
    private async Task<bool> EnterRescueAsync(int server)
    {
        while (true)
        {
            var turn = await _world.Accounts.SetOutAsync(AccountWorld.Secret, RobotLane.Provision, server, default);
            if (turn.Succeeded)
            {
                Assert.True((await _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Rescue(server), default)).Succeeded);
                Assert.True((await _world.Accounts.ChangeAsync(AccountWorld.Secret, RobotLane.Provision, Warrant(), RobotAsks.ActivateRescue(server, "aa:bb"), default)).Succeeded);
                Assert.True((await _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(server), default)).Succeeded);
                turn = await _world.Accounts.ChangeAsync(AccountWorld.Secret, RobotLane.Provision, Warrant(), RobotAsks.Press(server, ResetType.Hardware), default);
                _world.Accounts.EndTurn(AccountWorld.Secret, server);
                if (turn.Succeeded) return true;
            }

            await Task.Delay(turn.Failure!.Wait ?? TimeSpan.FromMinutes(1), _world.Clock);
        }
    }

    private Warrant Warrant() => new(shard: 1, epoch: 1, new Standing(_world.Clock, _world.Clock.GetTimestamp(), TimeSpan.MaxValue));
}
