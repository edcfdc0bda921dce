using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Control;
using Caphr.Host.Effects;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Tests.Robot;

public sealed class RobotAccountTests
{
    private readonly AccountWorld _world = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_hundred_servers_are_provisioned_without_one_answer_that_a_quota_is_used_up(int seed)
    {
        var world = new AccountWorld(seed);
        var provisions = Enumerable.Range(1, 100).Select(number => world.Start(() => ProvisionAsync(world, number))).ToList();

        Assert.True(world.Dispatcher.RunUntil(() => provisions.TrueForAll(one => one.IsCompleted), TimeSpan.FromHours(6)), "Not all were provisioned.");

        Assert.All(provisions, one => Assert.True(one.Result));
        Assert.DoesNotContain(world.Robot.Seen, request => request.Status == 403);
        Assert.Equal(100, world.Robot.Seen.Count(request => request.Line.StartsWith("POST /reset/", StringComparison.Ordinal)));
        Assert.InRange(world.Robot.Count("GET /server"), 1, 3);
        // Fifty an hour, of which ten are for people and four for what is urgent: three such hours, and not many more.
        Assert.InRange(world.Clock.Elapsed, TimeSpan.FromHours(2), TimeSpan.FromHours(3.5));
    }

    [Fact]
    public void Two_replicas_share_one_budget()
    {
        var world = new AccountWorld();
        var other = world.NewReplica();
        var asks = Enumerable.Range(0, 400).Select(i => world.Start(() => (i % 2 == 0 ? world.Accounts : other).ReadAsync(AccountWorld.Secret, RobotLane.Inventory, Read(i), default))).ToList();

        Assert.True(world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(10)));

        Assert.Equal(144, world.Robot.Seen.Count);
        Assert.All(world.Robot.Seen, request => Assert.NotEqual(403, request.Status));
        Assert.Equal(256, asks.Count(ask => ask.Result.Failure is { Reason: "RobotQuotaExhausted", NothingDone: true, Wait: not null }));
    }

    [Fact]
    public void A_fence_overtakes_five_hundred_queued_inventory_reads()
    {
        Warm();
        var order = new List<string>();
        for (var i = 0; i < 500; i++) Note(RobotLane.Inventory, Gateway(i), "inventory");
        _world.Dispatcher.RunUntil(() => order.Count == 20, TimeSpan.FromMinutes(1));
        var before = order.Count;

        var fence = Note(RobotLane.Fence, RobotAsks.Reset(7), "fence");
        _world.Finish(fence);

        // The two that were under way when it came, and what they were waiting with.
        Assert.InRange(order.IndexOf("fence") - before, 0, 2 * 3);
        Assert.True(_world.Dispatcher.RunUntil(() => order.Count == 501, TimeSpan.FromMinutes(5)));

        Task<bool> Note<T>(RobotLane lane, RobotAsk<T> ask, string what) => _world.Start(async () =>
        {
            var answer = await _world.Accounts.ReadAsync(AccountWorld.Secret, lane, ask, default);
            order.Add(what);
            return answer.Succeeded;
        });
    }

    [Fact]
    public void An_exhausted_endpoint_does_not_hold_up_another_one()
    {
        _world.Latency = TimeSpan.Zero;
        for (var i = 0; i < 144; i++) Assert.True(_world.Ask(RobotLane.Inventory, Read(i)).Succeeded);

        var refused = _world.Ask(RobotLane.Provision, Read(1000));
        Assert.Equal("RobotQuotaExhausted", refused.Failure?.Reason);
        Assert.True(_world.Ask(RobotLane.Inventory, RobotAsks.Reset(7)).Succeeded);
        // What is kept for the urgent is there for them.
        Assert.True(_world.Ask(RobotLane.Fence, Read(1001)).Succeeded);
        Assert.Equal(Closed.BudgetSpent, _world.Show().Endpoints.Single(endpoint => endpoint.Name == "GET /server").Closed?.Why);
    }

    [Fact]
    public void The_same_question_of_many_is_one_call()
    {
        var asks = Enumerable.Range(0, 3000).Select(_ => _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Inventory, RobotAsks.Servers, default))).ToList();

        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(1)));

        Assert.All(asks, ask => Assert.Equal(100, ask.Result.Value.Count));
        Assert.Equal(1, _world.Robot.Count("GET /server"));
        Assert.Equal(2999, _world.Show().Spared);
    }

    [Fact]
    public void A_key_that_ten_servers_need_at_once_is_stored_once()
    {
        Warm();
        var warrant = new Warrant(shard: 1, epoch: 1, new Standing(_world.Clock, _world.Clock.GetTimestamp(), TimeSpan.FromMinutes(1)));

        var stored = Enumerable.Range(0, 10)
            .Select(_ => _world.Start(() => _world.Accounts.ChangeAsync(AccountWorld.Secret, RobotLane.Provision, warrant, RobotAsks.StoreKey("caphr-1", "ssh-ed25519 AAAA"), default))).ToList();
        Assert.True(_world.Dispatcher.RunUntil(() => stored.TrueForAll(one => one.IsCompleted), TimeSpan.FromMinutes(1)));

        Assert.Equal(1, _world.Robot.Count("POST /key"));
        Assert.Single(stored.Select(one => one.Result.Failure).Distinct());
    }

    [Fact]
    public void An_hour_of_trying_a_login_that_works_lists_the_servers_six_times()
    {
        for (var minute = 0; minute < 60; minute++)
        {
            Assert.True(_world.Ask(RobotLane.Inventory, ClusterCheck.Proof).Succeeded);
            _world.Dispatcher.RunFor(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(_world.Robot.Count("GET /server"), 5, 6);
    }

    [Fact]
    public void What_an_earlier_login_was_told_is_no_proof_for_one_that_was_refused()
    {
        Assert.True(_world.Ask(RobotLane.Inventory, ClusterCheck.Proof).Succeeded);
        Assert.NotNull(_world.Show().AcceptedAt);
        _world.Password = "wrong";
        Assert.False(_world.Ask(RobotLane.Provision, RobotAsks.Reset(1)).Succeeded);

        Assert.Equal(("RobotCredentialsRefused", false), _world.Ask(RobotLane.Inventory, ClusterCheck.Proof).Failure is { } problem ? (problem.Reason, problem.SaysNothingOfLogin) : default);
        Assert.Null(_world.Show().AcceptedAt);
    }

    [Fact]
    public void An_answer_is_old_sooner_for_those_who_are_in_a_hurry()
    {
        _world.Ask(RobotLane.Inventory, RobotAsks.Servers);
        _world.Dispatcher.RunFor(TimeSpan.FromSeconds(20));

        _world.Ask(RobotLane.Provision, RobotAsks.Servers);
        Assert.Equal(1, _world.Robot.Count("GET /server"));
        _world.Ask(RobotLane.Recover, RobotAsks.Servers);
        Assert.Equal(2, _world.Robot.Count("GET /server"));
        _world.Ask(RobotLane.Fence, RobotAsks.Servers);
        Assert.Equal(3, _world.Robot.Count("GET /server"));
    }

    [Fact]
    public void A_fence_does_not_take_the_answer_to_a_question_that_was_asked_before()
    {
        Warm();
        _world.Latency = TimeSpan.FromSeconds(10);
        var early = _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(7), default));
        _world.Dispatcher.RunUntilIdle();

        var fence = _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Fence, RobotAsks.Reset(7), default));
        _world.Finish(early);
        _world.Finish(fence);

        Assert.Equal(2, _world.Robot.Count("GET /reset/7"));
    }

    [Fact]
    public void Wrong_credentials_cause_one_login_however_many_ask()
    {
        _world.Password = "wrong";
        var asks = Enumerable.Range(0, 50).Select(i => _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(i), default))).ToList();

        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(5)));
        _world.Dispatcher.RunFor(TimeSpan.FromHours(3));
        var later = _world.Ask(RobotLane.Fence, RobotAsks.Reset(99));

        Assert.Single(_world.Robot.Seen);
        Assert.All(asks, ask => Assert.Equal("RobotCredentialsRefused", ask.Result.Failure?.Reason));
        Assert.Equal(Advice.WaitForPerson, later.Failure?.Advice);
        Assert.Equal((Closed.CredentialsRejected, null), (_world.Show().Whole?.Why, _world.Show().Whole?.Until));
    }

    [Fact]
    public void A_mended_secret_is_tried_once_and_then_trusted()
    {
        _world.Password = "wrong";
        _world.Ask(RobotLane.Provision, RobotAsks.Reset(1));

        _world.Password = "also wrong";
        _world.Ask(RobotLane.Provision, RobotAsks.Reset(2));
        _world.Ask(RobotLane.Provision, RobotAsks.Reset(2));
        Assert.Equal([401, 401], _world.Robot.Seen.Select(request => request.Status));

        _world.Password = "correct";
        var asks = Enumerable.Range(0, 20).Select(i => _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(i), default))).ToList();
        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(5)));

        Assert.All(asks, ask => Assert.True(ask.Result.Succeeded));
        Assert.Null(_world.Show().Whole);
    }

    [Fact]
    public void A_password_that_is_changed_at_robot_is_found_out_by_one_call_when_nothing_was_asked_for_a_while()
    {
        Warm();
        _world.Dispatcher.RunFor(TimeSpan.FromMinutes(10));
        _world.Robot.Password = "changed";

        var asks = Enumerable.Range(0, 20).Select(i => _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(i), default))).ToList();
        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(5)));

        Assert.Equal(1, _world.Robot.Seen.Count(request => request.Status == 401));
    }

    [Fact]
    public void A_password_that_is_changed_at_robot_amid_work_costs_fewer_logins_than_block_an_address()
    {
        var ledger = new HinderedLedger { Works = true };
        var world = new AccountWorld(ledger: ledger);
        ledger.AfterTake = () => Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        Assert.True(world.Ask(RobotLane.Inventory, RobotAsks.Rescue(1)).Succeeded);
        world.Robot.Password = "changed";

        var asks = Enumerable.Range(0, 20).Select(i => world.Start(() => world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(i), default))).ToList();
        Assert.True(world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(5)));

        Assert.All(asks, ask => Assert.Equal("RobotCredentialsRefused", ask.Result.Failure?.Reason));
        Assert.InRange(world.Robot.Seen.Count(request => request.Status == 401), 1, 2);
    }

    [Fact]
    public void A_rejection_is_forgotten_by_every_replica_when_its_row_is_deleted_and_the_login_is_tried_by_one_call()
    {
        var ledger = new MemoryRobotLedger();
        var world = new AccountWorld(ledger: ledger) { Password = "right by now" };
        var replicas = new[] { world.Accounts, world.NewReplica() };
        AskAll(1);
        Assert.Equal([401], world.Robot.Seen.Select(request => request.Status));

        ledger.ForgetLogins();
        AskAll(2);
        Assert.Equal([401], world.Robot.Seen.Select(request => request.Status));

        world.Dispatcher.RunFor(TimeSpan.FromMinutes(1));
        AskAll(3);
        Assert.Equal([401, 401], world.Robot.Seen.Select(request => request.Status));

        world.Robot.Password = "right by now";
        ledger.ForgetLogins();
        world.Dispatcher.RunFor(TimeSpan.FromMinutes(1));
        Assert.All(AskAll(4), succeeded => Assert.True(succeeded));

        List<bool> AskAll(int server)
        {
            var asks = Enumerable.Range(0, 10).Select(i => world.Start(() => replicas[i % 2].ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset((10 * server) + i), default))).ToList();
            Assert.True(world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromSeconds(40)));
            return [.. asks.Select(ask => ask.Result.Succeeded)];
        }
    }

    [Fact]
    public void A_rejection_that_could_not_be_written_down_is_kept_until_it_is()
    {
        var ledger = new HinderedLedger();
        var world = new AccountWorld(ledger: ledger) { Password = "wrong" };
        for (var minute = 0; minute < 5; minute++)
        {
            Assert.Equal("RobotCredentialsRefused", world.Ask(RobotLane.Provision, RobotAsks.Reset(minute)).Failure?.Reason);
            world.Dispatcher.RunFor(TimeSpan.FromMinutes(2));
        }

        ledger.Works = true;
        for (var minute = 0; minute < 5; minute++)
        {
            Assert.Equal("RobotCredentialsRefused", world.Ask(RobotLane.Provision, RobotAsks.Reset(minute)).Failure?.Reason);
            world.Dispatcher.RunFor(TimeSpan.FromMinutes(2));
        }

        Assert.Single(world.Robot.Seen);
    }

    [Fact]
    public void Robots_own_word_closes_only_the_endpoint_it_is_about_and_for_as_long_as_it_says()
    {
        Warm();
        _world.Robot.Instead = line => line.StartsWith("GET /server", StringComparison.Ordinal) ? (403, """{"error":{"status":403,"code":"RATE_LIMIT_EXCEEDED","interval":600,"max_request":200}}""") : null;
        Assert.Equal("RobotQuotaExhausted", _world.Ask(RobotLane.Provision, RobotAsks.Servers).Failure?.Reason);
        _world.Robot.Instead = _ => null;
        var seen = _world.Robot.Seen.Count;

        var refused = _world.Ask(RobotLane.Fence, RobotAsks.Servers);
        Assert.InRange(refused.Failure!.Wait!.Value, TimeSpan.FromSeconds(590), TimeSpan.FromSeconds(601));
        Assert.Equal(seen, _world.Robot.Seen.Count);
        Assert.True(_world.Ask(RobotLane.Inventory, RobotAsks.Reset(7)).Succeeded);

        _world.Dispatcher.RunFor(TimeSpan.FromSeconds(601));
        Assert.True(_world.Ask(RobotLane.Fence, RobotAsks.Servers).Succeeded);
    }

    [Fact]
    public void A_403_without_a_body_is_no_quota_and_backs_off_its_endpoint()
    {
        Warm();
        _world.Robot.Instead = line => line == "GET /server" ? (403, null) : null;

        Assert.Equal("RobotForbiddenWithoutReason", _world.Ask(RobotLane.Provision, RobotAsks.Servers).Failure?.Reason);

        var closed = _world.Show().Endpoints.Single(endpoint => endpoint.Name == "GET /server").Closed;
        Assert.Equal(Closed.ForbiddenWithoutReason, closed?.Why);
        Assert.InRange(closed!.Until!.Value - _world.Clock.GetUtcNow(), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(75));
        Assert.Null(_world.Show().Whole);
    }

    [Fact]
    public void While_robot_is_closed_for_maintenance_it_is_asked_ever_more_rarely()
    {
        Warm();
        _world.Robot.Instead = _ => (503, null);
        var before = _world.Robot.Seen.Count;
        var asks = Enumerable.Range(0, 300).Select(i => _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(i), default))).ToList();

        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(10)));

        Assert.InRange(_world.Robot.Seen.Count - before, 4, 60);
        Assert.All(asks, ask => Assert.Equal((Advice.WaitForPerson, true), (ask.Result.Failure?.Advice, ask.Result.Failure?.SaysNothingOfLogin)));
        Assert.Equal("Maintenance", RobotReach.Of(_world.Show())?.Reason);
        _world.Robot.Instead = _ => null;
        _world.Dispatcher.RunFor(TimeSpan.FromMinutes(2));
        Assert.True(_world.Ask(RobotLane.Provision, RobotAsks.Reset(7)).Succeeded);
        Assert.Equal(("True", "RobotReachable"), (RobotReach.Of(_world.Show())?.Status, RobotReach.Of(_world.Show())?.Reason));
    }

    [Fact]
    public void A_hiccup_of_robot_is_nobodys_news_and_one_that_lasts_is_told()
    {
        Warm();
        var troubles = 2;
        _world.Robot.Instead = _ => troubles-- > 0 ? (503, null) : null;

        var answer = _world.Ask(RobotLane.Provision, RobotAsks.Reset(7));

        Assert.True(answer.Succeeded);
        Assert.True(troubles < 0);
        _world.Robot.Instead = _ => (503, null);
        Assert.Equal("RobotMaintenance", _world.Ask(RobotLane.Provision, RobotAsks.Reset(8)).Failure?.Reason);
    }

    [Fact]
    public void Who_waits_longer_than_he_likes_is_told_so_and_his_call_is_not_made()
    {
        Warm();
        _world.Latency = TimeSpan.FromMinutes(2);
        var asks = Enumerable.Range(0, 30).Select(i => _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(i), default))).ToList();

        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(30)));

        var refused = asks.Count(ask => ask.Result.Failure is { Reason: "RobotBusy", NothingDone: true });
        Assert.InRange(refused, 5, 29);
        var seen = _world.Robot.Seen.Count;
        _world.Dispatcher.RunFor(TimeSpan.FromHours(2));
        Assert.Equal(seen, _world.Robot.Seen.Count);
        Assert.Equal(30 - refused, seen - 1);
    }

    [Fact]
    public void The_call_of_an_asker_who_has_gone_is_not_made()
    {
        Warm();
        using var gone = new CancellationTokenSource();
        var asks = Enumerable.Range(0, 10).Select(i => _world.Start(() => _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(i), i == 9 ? gone.Token : default))).ToList();
        _world.Dispatcher.Run(gone.Cancel);

        Assert.True(_world.Dispatcher.RunUntil(() => asks.TrueForAll(ask => ask.IsCompleted), TimeSpan.FromMinutes(5)));
        _world.Dispatcher.RunFor(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _world.Robot.Count("GET /reset/9"));
        Assert.Equal(1, _world.Robot.Count("GET /reset/8"));
    }

    [Fact]
    public void A_change_whose_warrant_has_ended_when_its_turn_comes_is_not_made()
    {
        Warm();
        var warrant = new Warrant(shard: 1, epoch: 1, new Standing(_world.Clock, _world.Clock.GetTimestamp(), TimeSpan.Zero));

        var pressed = _world.Finish(_world.Start(() => _world.Accounts.ChangeAsync(AccountWorld.Secret, RobotLane.Fence, warrant, RobotAsks.Press(7, ResetType.Hardware), default)));

        Assert.Equal("ReplicaLostItsShard", pressed.Failure?.Reason);
        Assert.Equal(0, _world.Robot.Count("POST /reset/7"));
    }

    [Fact]
    public void Without_the_ledger_nothing_is_asked()
    {
        var world = new AccountWorld(ledger: new BrokenLedger());

        var answer = world.Ask(RobotLane.Fence, RobotAsks.Reset(7));

        Assert.Equal(("RobotLedgerUnavailable", Advice.WaitForPerson, true), (answer.Failure?.Reason, answer.Failure?.Advice, answer.Failure?.NothingDone));
        Assert.Contains("the disk is gone", answer.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(world.Robot.Seen);
    }

    [Fact]
    public void What_is_asked_counts_where_robot_counts_it()
    {
        Warm();
        foreach (var (quota, call) in Everything())
        {
            var before = _world.Robot.Seen.Count;
            _world.Finish(_world.Start(call));
            var (line, _, _) = _world.Robot.Seen[before];
            var (method, path) = (line.Split(' ')[0], line.Split(' ')[1]);
            Assert.Equal(quota, RobotQuota.Of(new HttpMethod(method), path));
        }

        IEnumerable<(RobotQuota, Func<Task<bool>>)> Everything()
        {
            yield return Of(RobotAsks.Servers);
            yield return Of(RobotAsks.Gateway(System.Net.IPAddress.Parse("10.0.0.1")));
            yield return Of(RobotAsks.Reset(1));
            yield return Of(RobotAsks.Rescue(1));
            yield return Of(RobotAsks.Key("aa:bb"));
            yield return Of(RobotAsks.Press(1, ResetType.Hardware));
            yield return Of(RobotAsks.ActivateRescue(1, "aa:bb"));
            yield return Of(RobotAsks.DeactivateRescue(1));
            yield return Of(RobotAsks.StoreKey("k", "ssh-ed25519 AAAA"));
        }

        (RobotQuota, Func<Task<bool>>) Of<T>(RobotAsk<T> ask) =>
            (ask.Quota, async () => (await _world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Fence, ask, default)).Succeeded);
    }

    /// <summary>Asked by the number, so that no two questions are the same.</summary>
    private static RobotAsk<RobotServer> Read(int number) =>
        new(RobotQuota.Of(HttpMethod.Get, "/server/{server}"), async (robot, cancellation) =>
        {
            await robot.GetServer(number, cancellation);
            return new RobotServer { Number = number, Name = "", Product = "", Datacenter = "" };
        })
        { Shared = string.Create(CultureInfo.InvariantCulture, $"/server/{number}") };

    private static RobotAsk<System.Net.IPAddress?> Gateway(int number) => RobotAsks.Gateway(new System.Net.IPAddress([10, 1, (byte)(number / 250), (byte)(number % 250)]));

    private static async Task<bool> ProvisionAsync(AccountWorld world, int number)
    {
        var warrant = new Warrant(shard: 1, epoch: 1, new Standing(world.Clock, world.Clock.GetTimestamp(), TimeSpan.MaxValue));
        await Until(() => world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Inventory, RobotAsks.Servers, default));
        await Until(() => world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Inventory, RobotAsks.Gateway(new System.Net.IPAddress([10, 0, 0, (byte)number])), default));
        await Until(() => world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Key("aa:bb"), default));
        await Until(() => world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Rescue(number), default));
        await Until(() => world.Accounts.ChangeAsync(AccountWorld.Secret, RobotLane.Provision, warrant, RobotAsks.ActivateRescue(number, "aa:bb"), default));
        await Until(() => world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Reset(number), default));
        await Until(() => world.Accounts.ChangeAsync(AccountWorld.Secret, RobotLane.Provision, warrant, RobotAsks.Press(number, ResetType.Hardware), default));
        await Until(() => world.Accounts.ReadAsync(AccountWorld.Secret, RobotLane.Provision, RobotAsks.Rescue(number), default));
        return true;

        // As the lifecycle does with what it is told to wait for.
        async Task Until<T>(Func<Task<Outcome<T, StepProblem>>> ask)
        {
            while ((await ask()).Failure is { } problem) await Task.Delay(problem.Wait ?? TimeSpan.FromMinutes(1), world.Clock);
        }
    }

    /// <summary>The login is known to be good, so calls go side by side.</summary>
    private void Warm() => Assert.True(_world.Ask(RobotLane.Inventory, RobotAsks.Rescue(1)).Succeeded);

    private sealed class BrokenLedger : IRobotLedger
    {
        private const string Why = "the disk is gone";

        public Task<LedgerAnswer> TakeAsync(LedgerTake take, CancellationToken cancellation) => Task.FromResult<LedgerAnswer>(new LedgerAnswer.Unavailable(Why));

        public Task<LoginAnswer> EnterAsync(LoginTry attempt, CancellationToken cancellation) => Task.FromResult<LoginAnswer>(new LoginAnswer.Unavailable(Why));

        public Task<string?> SettleAsync(string account, string print, LoginVerdict verdict, DateTimeOffset until, CancellationToken cancellation) => Task.FromResult<string?>(Why);

        public Task<string?> PauseAsync(string account, string quota, DateTimeOffset until, CancellationToken cancellation) => Task.FromResult<string?>(Why);
    }
}
