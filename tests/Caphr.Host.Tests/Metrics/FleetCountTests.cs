using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Control;
using Caphr.Host.Diagnostics;
using Caphr.Host.Metrics;
using Caphr.Host.Tests.Control;
using Caphr.Host.Tests.Diagnostics;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Metrics;

public sealed class FleetCountTests
{
    private readonly FleetBoard _board = new();
    private readonly Objects _objects = new();
    private readonly FleetCount _count;

    public FleetCountTests() => _count = new FleetCount(_board, new VirtualClock(Objects.Now), () => _objects.Hosts);

    private static int ShardOf(int server) => ServerRegion.ShardOf(new ServerNumber(server));

    /// <summary>A server that stands where that of the frozen journal stood after so many events.</summary>
    private void Stands(int number, int story, int events, Func<ServerState, ServerState>? change = null)
    {
        var state = FrozenStory.Servers[new ServerNumber(story)].Take(events).Aggregate(ServerLifecycle.Start(new ServerNumber(number)), ServerEvolution.Evolve);
        _board.Hear(new ServerSnapshot(change?.Invoke(state) ?? state, Note: null));
    }

    [Fact]
    public void Every_phase_is_told_though_no_server_is_in_it()
    {
        Assert.Equal([.. Enum.GetNames<ServerPhase>(), "Maintenance"], _count.ByPhase().Select(one => one.Phase));
        Assert.All(_count.ByPhase(), one => Assert.Equal(0, one.Servers));
        Assert.All(_count.Oldest(), one => Assert.Equal(TimeSpan.Zero, one.Age));
    }

    [Fact]
    public void Servers_are_counted_by_phase_and_those_of_a_shard_that_went_are_not()
    {
        Stands(1, story: 1003, events: 5);
        Stands(2, story: 1003, events: 5);
        Stands(3, story: 1001, events: 17);
        Assert.NotEqual(ShardOf(1), ShardOf(2));
        Assert.Equal([("EnteringRescue", 2), ("Provisioned", 1)], Counted());

        _board.Hear(new ShardClosed(ShardOf(1)));

        Assert.Equal([("EnteringRescue", 1), ("Provisioned", 1)], Counted());
    }

    [Fact]
    public void A_free_server_that_a_person_keeps_out_of_use_is_in_maintenance_and_one_that_is_in_use_is_where_it_is()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var host = _objects.AddHost(number);
            _objects.Hosts[^1] = host with { Spec = host.Spec with { MaintenanceMode = true } };
        }

        _objects.AddHost(3);
        Stands(1, story: 1001, events: 2);
        Stands(2, story: 1001, events: 17);
        foreach (var number in new[] { 3, 4 }) Stands(number, story: 1001, events: 2);

        Assert.Equal([("Available", 2), ("Maintenance", 1), ("Provisioned", 1)], Counted());
    }

    [Fact]
    public void Of_those_that_are_under_way_the_one_that_is_longest_in_its_phase_is_told()
    {
        Stands(1, story: 1003, events: 5, state => state with { Since = Objects.Now.AddMinutes(-7) });
        Stands(2, story: 1003, events: 5, state => state with { Since = Objects.Now.AddMinutes(-3) });
        Stands(3, story: 1003, events: 5, state => state with { Since = Objects.Now.AddHours(-3), PausedSince = Objects.Now.AddHours(-2) });
        Stands(4, story: 1001, events: 17, state => state with { Since = Objects.Now.AddYears(-1) });
        Stands(5, story: 1001, events: 0);

        Assert.Equal([(ServerPhase.EnteringRescue, TimeSpan.FromMinutes(7))], _count.Oldest().Where(one => one.Age > TimeSpan.Zero));
        Assert.DoesNotContain(_count.Oldest(), one => one.Phase is ServerPhase.Provisioned or ServerPhase.Available or ServerPhase.Failed or ServerPhase.Quarantined);
    }

    [Fact]
    public void Late_is_whose_deadline_has_passed_and_troubled_is_whose_step_did_not_succeed_unless_they_are_paused()
    {
        Stands(1, story: 1003, events: 5, state => Until(state, Objects.Now.AddSeconds(-1)));
        Stands(2, story: 1003, events: 5, state => Until(state, Objects.Now.AddSeconds(1)));
        Stands(3, story: 1003, events: 5, state => Until(state, Objects.Now.AddSeconds(-1)) with { PausedSince = Objects.Now, Trouble = new Trouble(1, "RobotBusy", "Later.", Objects.Now) });
        Stands(4, story: 1003, events: 5, state => Until(state, Objects.Now.AddSeconds(1)) with { Trouble = new Trouble(1, "RobotBusy", "Later.", Objects.Now) });

        Assert.Equal((1, 1, 1), (_count.Late(), _count.Troubled(), _count.Paused()));
    }

    [Fact]
    public void Machines_that_another_replica_minds_by_now_do_not_wait_here()
    {
        PlaceInQueue[] queue = [new(7, Objects.Now.AddMinutes(-4)), new(8, Objects.Now.AddMinutes(-9))];
        Assert.Equal((0, TimeSpan.Zero), (_count.Waiting(queue), _count.LongestWait(queue)));

        _board.Hear(FleetBoardTests.Opened(7));
        _board.Hear(FleetBoardTests.Opened(8));
        Assert.Equal((2, TimeSpan.FromMinutes(9)), (_count.Waiting(queue), _count.LongestWait(queue)));

        _board.Hear(new ShardClosed(8));
        Assert.Equal((1, TimeSpan.FromMinutes(4)), (_count.Waiting(queue), _count.LongestWait(queue)));
    }

    [Fact]
    public void A_replica_that_has_just_begun_or_that_stands_by_does_not_work()
    {
        Assert.False(_count.Works);
        _board.Hear(new ReplicaStanding(WhyNot: null));
        Assert.True(_count.Works);
        _board.Hear(new ReplicaStanding("The lease cannot be renewed."));
        Assert.False(_count.Works);
    }

    [Fact]
    public void A_machine_without_a_server_waits_with_exactly_one_replica_and_one_with_a_server_with_none()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0");
        _objects.AddMachine("cp-1");

        var place = Assert.Single(ControlPlan.Make(_objects.Look()).Queue);
        Assert.Equal(Objects.Now.AddMinutes(-5), place.Since);

        _objects.Shards.Remove(place.Shard);
        Assert.Empty(ControlPlan.Make(_objects.Look()).Queue);
    }

    private static ServerState Until(ServerState state, DateTimeOffset until) => ((ServerState.Working)state) with { Until = until };

    private IEnumerable<(string Phase, int Servers)> Counted() => _count.ByPhase().Where(one => one.Servers > 0).OrderBy(one => one.Phase, StringComparer.Ordinal);
}
