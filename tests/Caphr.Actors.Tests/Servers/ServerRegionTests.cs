using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Actors.Tests.Kernel;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>The servers of a process as a whole: which of them are there, from when on, and until when.</summary>
public sealed class ServerRegionTests
{
    private static readonly Member s_me = new("caphr-0.1", "journal", TimeSpan.FromSeconds(15));

    private readonly InMemoryJournal _store = new();
    private readonly TroubledJournal _journal;
    private readonly Silent _effects = new();
    private Stage _stage;
    private IActorRef<RegionMessage<Envelope>> _region = null!;

    public ServerRegionTests()
    {
        _journal = new TroubledJournal(_store);
        _stage = Boot();
    }

    private Stage Boot()
    {
        _stage = new Stage();
        Recovered = _stage.Published<ServerRecovered>();
        Opened = _stage.Published<ShardOpened>();
        Closed = _stage.Published<ShardClosed>();
        _stage.Dispatcher.Run(() => _region = _stage.System.ActorOf(
            ServerRegion.Props(new ShardRegionOptions(s_me, OwnsJournal: true), new InMemoryLeases(), _store, new Persistence<ServerEvent>(_journal, ServerEvents.Codec), _effects),
            "servers"));
        return _stage;
    }

    private IReadOnlyList<ServerRecovered> Recovered { get; set; } = null!;

    private IReadOnlyList<ShardOpened> Opened { get; set; } = null!;

    private IReadOnlyList<ShardClosed> Closed { get; set; } = null!;

    private void Wish(int number)
    {
        var server = new ServerNumber(number);
        _stage.Dispatcher.Run(() => _region.Tell(new RegionMessage<Envelope>.Deliver(new Envelope(server, new ServerMessage.Hear(new WishObserved(Life.Idle with { Number = server }))))));
    }

    [Fact]
    public void Servers_with_a_history_are_there_as_soon_as_their_shard_is_and_nobody_has_to_ask_for_them()
    {
        _stage.Pass(TimeSpan.FromSeconds(2));
        foreach (var number in new[] { 11, 12, 13 }) Wish(number);
        _stage.Settle();
        Assert.Equal(3, _effects.Started.Count);

        Boot();
        _stage.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(Shards.Count, Opened.Count);
        Assert.Equal([11, 12, 13], Recovered.Select(one => one.Server.State.Number.Value).Order());
        // Known is not wished: no effect before Kubernetes was heard.
        Assert.Equal(3, _effects.Started.Count);
    }

    [Fact]
    public void They_recover_from_one_reading_of_the_shard()
    {
        _stage.Pass(TimeSpan.FromSeconds(2));
        foreach (var number in Enumerable.Range(1, 40)) Wish(number);
        _stage.Settle();
        var before = _journal.ReadsOfOne;

        Boot();
        _stage.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(40, Recovered.Count);
        Assert.Equal(before, _journal.ReadsOfOne);
    }

    [Fact]
    public void What_is_told_to_a_server_while_its_shard_is_being_read_waits_for_it()
    {
        _journal.IsDown = true;
        _stage.Pass(TimeSpan.FromSeconds(2));
        Assert.Empty(Opened);
        Wish(11);
        _stage.Pass(TimeSpan.FromSeconds(10));
        Assert.Empty(_effects.Started);

        _journal.IsDown = false;
        _stage.Pass(TimeSpan.FromSeconds(10));

        Assert.Equal(new ServerNumber(11), Assert.Single(_effects.Started).Key.Server);
    }

    [Fact]
    public void A_server_that_cannot_read_its_journal_is_stopped_said_so_and_leaves_the_others_in_peace()
    {
        _stage.Pass(TimeSpan.FromSeconds(2));
        Wish(11);
        _stage.Settle();
        var unknown = new JournalEntry("server.of-a-later-release", 1, "{}", Life.Start);
        _store.AppendAsync(new JournalAppend(ServerActor.IdOf(new ServerNumber(11)), LastOf(11), EpochOf(11), Guid.Empty, [unknown]), CancellationToken.None);

        Boot();
        var stopped = _stage.Published<ServerStopped>();
        _stage.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(new ServerNumber(11), Assert.Single(stopped).Number);
        Assert.Equal(Shards.Count, Opened.Count);
        Assert.Empty(Closed);
    }

    private long EpochOf(int server) => _store.ReadClaimsAsync(CancellationToken.None).Ended().Value[ServerRegion.ShardOf(new ServerNumber(server))].Epoch;

    private long LastOf(int server) => _store.ReadAsync(ServerActor.IdOf(new ServerNumber(server)), CancellationToken.None).Ended().Value.LastSequence;

    [Fact]
    public void A_shard_that_went_to_somebody_else_is_closed_with_its_servers()
    {
        _stage.Pass(TimeSpan.FromSeconds(2));
        Wish(11);
        _stage.Settle();
        var shard = ServerRegion.ShardOf(new ServerNumber(11));

        _store.ClaimAsync(new ShardClaim(shard, Epoch: 9, "another"), CancellationToken.None);
        _stage.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(shard, Assert.Single(Closed).Shard);
        Assert.True(Assert.Single(_effects.Cancelled));
        Assert.False(_effects.Warrants[0].IsInForce);
    }

    [Fact]
    public async Task Who_leaves_has_stopped_its_servers_before_the_shards_are_free()
    {
        _stage.Pass(TimeSpan.FromSeconds(2));
        Wish(11);
        _stage.Settle();
        var left = _stage.Probe<Left>();

        _stage.Dispatcher.Run(() => _region.Tell(new RegionMessage<Envelope>.Leave(left.Ref)));
        Assert.True(_stage.Dispatcher.RunUntil(() => left.Heard.Count > 0, TimeSpan.FromSeconds(10)));

        Assert.Equal(Shards.Count, Closed.Count);
        Assert.All((await _store.ReadClaimsAsync(CancellationToken.None)).Value, claim => Assert.Null(claim.Owner));
        Wish(12);
        _stage.Pass(TimeSpan.FromSeconds(5));
        Assert.Single(_effects.Started);
    }

    [Fact]
    public void Who_leaves_waits_for_a_reset_that_is_on_its_way_and_the_next_owner_does_not_take_it_for_unknown()
    {
        var server = new ServerNumber(11);
        var press = BeginPress(server);
        var left = _stage.Probe<Left>();
        _stage.Dispatcher.Run(() => _region.Tell(new RegionMessage<Envelope>.Leave(left.Ref)));
        _stage.Pass(TimeSpan.FromSeconds(3));
        Assert.Empty(left.Heard);
        Assert.DoesNotContain(Closed, one => one.Shard == ServerRegion.ShardOf(server));

        Hear(server, new Heard.ResetPressed(press.Key));
        Assert.True(_stage.Dispatcher.RunUntil(() => left.Heard.Count > 0, TimeSpan.FromSeconds(5)));

        var pressed = _store.ReadAsync(ServerActor.IdOf(server), CancellationToken.None).Ended().Value.Events.Select(record => ServerEvents.Codec.Decode(record.Entry)).OfType<ServerEvent.ResetPressed>();
        Assert.True(Assert.Single(pressed).Known);
    }

    [Fact]
    public void Who_leaves_does_not_wait_for_ever_for_a_reset_of_which_nothing_is_heard()
    {
        BeginPress(new ServerNumber(11));
        var left = _stage.Probe<Left>();
        _stage.Dispatcher.Run(() => _region.Tell(new RegionMessage<Envelope>.Leave(left.Ref)));

        Assert.True(_stage.Dispatcher.RunUntil(() => left.Heard.Count > 0, TimeSpan.FromSeconds(16)));
    }

    private ServerEffect.PressReset BeginPress(ServerNumber server)
    {
        _stage.Pass(TimeSpan.FromSeconds(2));
        Hear(server, new WishObserved(Life.Wanted with { Number = server }));
        Hear(server, new Heard.ServerFound(_effects.Started[^1].Key, Life.Record));
        Hear(server, new Heard.RescueArmed(_effects.Started[^1].Key));
        return Assert.IsType<ServerEffect.PressReset>(_effects.Started[^1]);
    }

    private void Hear(ServerNumber server, ServerInput input)
    {
        _stage.Dispatcher.Run(() => _region.Tell(new RegionMessage<Envelope>.Deliver(new Envelope(server, new ServerMessage.Hear(input)))));
        _stage.Settle();
    }

    /// <summary>Begins what it is told to begin, and never ends.</summary>
    private sealed class Silent : IEffectInterpreter
    {
        public List<ServerEffect> Started { get; } = [];

        public List<Warrant> Warrants { get; } = [];

        public List<bool> Cancelled { get; } = [];

        public async Task<Heard> CarryOutAsync(ServerEffect effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation)
        {
            Started.Add(effect);
            Warrants.Add(warrant);
            var never = new TaskCompletionSource<Heard>();
            await using var registration = cancellation.Register(() =>
            {
                Cancelled.Add(!warrant.IsInForce);
                never.SetCanceled(cancellation);
            });
            return await never.Task;
        }
    }
}
