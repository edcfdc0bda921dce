using Caphr.Actors.Servers;
using Caphr.Host.Effects;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Tests.Robot;

/// <summary>Three clusters, each with a Secret of its own, and all three Secrets hold the same user and password.</summary>
public sealed class SharedLoginTests
{
    private static readonly ObjectName[] s_secrets = [new("one", "robot"), new("two", "robot"), new("three", "robot")];

    private readonly HinderedLedger _ledger = new() { Works = true };
    private readonly AccountWorld _world;

    public SharedLoginTests()
    {
        _world = new AccountWorld(ledger: _ledger);
        // What is under way stays so for a while: whatever may be started meanwhile is.
        _ledger.AfterTake = () => Task.Delay(TimeSpan.FromSeconds(5), _world.Clock);
    }

    [Fact]
    public void A_password_that_is_changed_amid_work_costs_fewer_logins_than_block_an_address()
    {
        Assert.All(Ask(_world.Accounts), answer => Assert.True(answer.Succeeded));
        _world.Robot.Password = "changed";

        var answers = Ask(_world.Accounts);

        Assert.All(answers, answer => Assert.Equal("RobotCredentialsRefused", answer.Failure?.Reason));
        Assert.InRange(Refused, 1, 2);
    }

    [Fact]
    public void A_password_that_was_changed_while_the_process_was_down_is_found_out_by_one_call()
    {
        Ask(_world.Accounts);
        _world.Robot.Password = "changed";

        Ask(_world.NewReplica());

        Assert.InRange(Refused, 1, 1);
    }

    [Fact]
    public void A_password_that_was_changed_while_nothing_was_asked_is_found_out_by_one_call_of_one_replica()
    {
        RobotAccounts[] replicas = [_world.Accounts, _world.NewReplica()];
        Ask(replicas);
        _world.Dispatcher.RunFor(TimeSpan.FromMinutes(2));
        _world.Robot.Password = "changed";

        Ask(replicas);

        Assert.Equal(1, Refused);
    }

    [Fact]
    public void As_long_as_robot_takes_the_login_the_ledger_is_not_told_so_with_every_call()
    {
        for (var i = 0; i < 20; i++) Ask(_world.Accounts);

        Assert.InRange(_ledger.Settled.Count, 2, (int)(_world.Clock.Elapsed / TimeSpan.FromSeconds(30)) + 1);
        Assert.All(_ledger.Settled, verdict => Assert.Equal(LoginVerdict.Accepted, verdict));
        Assert.True(_world.Robot.Seen.Count > 4 * _ledger.Settled.Count);
    }

    private int Refused => _world.Robot.Seen.Count(request => request.Status == 401);

    /// <summary>Every Secret of every replica has five questions at once.</summary>
    private List<Outcome<RobotReset, StepProblem>> Ask(params RobotAccounts[] replicas)
    {
        var asks = (
            from replica in replicas
            from secret in s_secrets
            from server in Enumerable.Range(1, 5)
            select _world.Start(() => replica.ReadAsync(secret, RobotLane.Fence, RobotAsks.Reset(server), default))).ToList();
        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(5)));
        return [.. asks.Select(ask => ask.Result)];
    }
}
