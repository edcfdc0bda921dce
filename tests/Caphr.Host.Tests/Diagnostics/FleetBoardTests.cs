using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Diagnostics;

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
            board.Hear(new ShardOpened(ServerRegion.ShardOf(number), 1));
            board.Hear(new ServerSnapshot(ServerLifecycle.Start(number), Note: null));
        }

        board.Hear(new ShardClosed(ServerRegion.ShardOf(gone)));

        Assert.Equal([stays], board.Servers.Keys);
        Assert.Equal([ServerRegion.ShardOf(stays)], board.Shards);
    }
}
