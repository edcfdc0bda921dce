using Caphr.Actors.Kernel;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Diagnostics;
using Caphr.Host.Metrics;

namespace Caphr.Host.Tests.Diagnostics;

public sealed class FleetBoardTests
{
    [Fact]
    public void Servers_of_a_shard_that_went_to_another_replica_are_forgotten_and_others_are_not()
    {
        var board = new FleetBoard();
        var (gone, stays) = (new ServerNumber(1), Enumerable.Range(2, 100).Select(one => new ServerNumber(one)).First(one => ServerRegion.ShardOf(one) != ServerRegion.ShardOf(new ServerNumber(1))));
        foreach (var number in new[] { gone, stays })
        {
            board.Hear(Opened(ServerRegion.ShardOf(number)));
            board.Hear(new ServerSnapshot(ServerLifecycle.Start(number), Note: null));
        }

        board.Hear(new ShardClosed(ServerRegion.ShardOf(gone)));

        Assert.Equal([stays], board.Servers.Keys);
        Assert.Equal([ServerRegion.ShardOf(stays)], board.Shards);
    }

    internal static ShardOpened Opened(int shard)
    {
        var clock = new VirtualClock(DateTimeOffset.UnixEpoch);
        return new ShardOpened(new Warrant(shard, epoch: 1, new Standing(clock, clock.GetTimestamp(), TimeSpan.MaxValue)));
    }

    /// <summary>As when a process starts with many: all of them recover before anybody else has a turn.</summary>
    [Fact]
    public void However_many_servers_say_something_at_once_each_is_heard()
    {
        const int Many = 20_000;
        var clock = new VirtualClock(DateTimeOffset.UnixEpoch);
        var dispatcher = new DeterministicDispatcher(clock, new Random(1));
        using var measures = new Measures();
        var board = new FleetBoard();
        var system = new ActorSystem("test", clock, new Random(1), dispatcher);
        dispatcher.Run(() => system.ActorOf(FleetKeeper.Props(board, measures), "fleet"));
        dispatcher.RunUntilIdle();

        dispatcher.Run(() =>
        {
            for (var number = 1; number <= Many; number++) system.EventStream.Publish(new ServerRecovered(new ServerSnapshot(ServerLifecycle.Start(new ServerNumber(number)), Note: null)));
        });
        dispatcher.RunUntilIdle();

        Assert.Equal(Many, board.Servers.Count);
    }
}
