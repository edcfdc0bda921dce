using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Sharding;
using Caphr.Host.Health;

namespace Caphr.Host.Tests.Health;

public sealed class HealthBoardTests
{
    private readonly HealthBoard _board = new();

    public HealthBoardTests() => _board.Hear(new ReplicaStanding(WhyNot: null));

    private static JournalStalled Stalled(string id) => new(new ActorPath("/servers"), id, "The disk is full.");

    [Fact]
    public void A_process_that_has_just_begun_is_not_ready() => Assert.Equal(["replica: Starting."], new HealthBoard().Troubles);

    [Fact]
    public void A_replica_that_stands_by_says_why_until_it_works_again()
    {
        _board.Hear(new ReplicaStanding("The lease cannot be renewed: no route."));
        Assert.Equal(["replica: The lease cannot be renewed: no route."], _board.Troubles);

        _board.Hear(new ReplicaStanding(WhyNot: null));
        Assert.Empty(_board.Troubles);
    }

    [Fact]
    public void A_watch_that_is_lost_is_named_and_forgotten_when_it_is_back()
    {
        _board.Set("watch of machines", "connection refused");
        _board.Set("watch of clusters", "connection refused");
        Assert.Equal(["watch of clusters: connection refused", "watch of machines: connection refused"], _board.Troubles);

        _board.Set("watch of machines", why: null);
        Assert.Equal(["watch of clusters: connection refused"], _board.Troubles);
    }

    [Fact]
    public void Actors_that_wait_for_the_journal_are_one_line()
    {
        _board.Hear(Stalled("server-1"));
        _board.Hear(Stalled("server-2"));
        Assert.Equal(["journal: 2 of its actors wait for it. The disk is full."], _board.Troubles);

        _board.Hear(new JournalResumed(new ActorPath("/servers"), "server-1", Attempts: 3));
        _board.Hear(new JournalResumed(new ActorPath("/servers"), "server-2", Attempts: 3));
        Assert.Empty(_board.Troubles);
    }

    [Fact]
    public void Who_is_stopped_while_it_waits_waits_no_more()
    {
        var shard = Shards.Of("server-1");
        _board.Hear(Stalled("server-1"));
        _board.Hear(Stalled($"shard {shard}"));

        _board.Hear(new ShardClosed((shard + 1) % Shards.Count));
        Assert.NotEmpty(_board.Troubles);

        _board.Hear(new ShardClosed(shard));
        Assert.Empty(_board.Troubles);
    }
}
