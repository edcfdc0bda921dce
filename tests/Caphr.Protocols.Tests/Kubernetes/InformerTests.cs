using System.Collections.Concurrent;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class InformerTests : IAsyncLifetime
{
    private readonly HostCollection _hosts = new();
    private readonly ConcurrentQueue<string> _told = [];
    private readonly ConcurrentQueue<InformerState> _states = [];
    private readonly CancellationTokenSource _end = new();
    private ApiServerDouble _server = null!;
    private KubernetesClient _client = null!;
    private Informer<HetznerRobotHost> _informer = null!;
    private Task _run = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _server = await ApiServerDouble.StartAsync();
        _server.Answers(_hosts.AnswerAsync);
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
        _client.Dispose();
        await _server.DisposeAsync();
        _end.Dispose();
    }

    [Fact]
    public async Task The_first_list_is_told_in_full_and_then_every_change_in_order()
    {
        _hosts.Put("a", 1);
        _hosts.Put("b", 2);
        await StartAsync();

        _hosts.Put("a", 11);
        _hosts.Put("c", 3);
        _hosts.Delete("b");

        await ToldAsync("Added a 1", "Added b 2", "Modified a 11", "Added c 3", "Deleted b 2");
        Assert.Equal([11, 3], _informer.All().Select(host => host.Spec.ServerID).Order().Reverse());
        Assert.Null(_informer.Find(new ObjectKey("default", "b")));
        Assert.Equal(1, _hosts.Lists);
    }

    [Fact]
    public async Task A_watch_that_ended_in_good_order_is_resumed_without_listing_and_without_news_of_a_loss()
    {
        _hosts.Put("a", 1);
        await StartAsync();

        _hosts.EndWatches();
        await Eventually.HoldsAsync(() => _hosts is { Watches: 2, OpenWatches: 1 }, "the watch was resumed");
        _hosts.Put("b", 2);

        await ToldAsync("Added a 1", "Added b 2");
        Assert.Equal(1, _hosts.Lists);
        Assert.IsType<InformerState.Connected>(Assert.Single(_states));
    }

    [Fact]
    public async Task A_change_made_while_the_connection_was_broken_is_told_once_after_it_is_back()
    {
        _hosts.Put("a", 1);
        await StartAsync();

        _hosts.BreakWatches();
        _hosts.Put("a", 2);

        await ToldAsync("Added a 1", "Modified a 2");
        await Eventually.HoldsAsync(() => _states.Count == 3, "the connection was lost and found");
        Assert.IsType<InformerState.Disconnected>(_states.ElementAt(1));
        Assert.IsType<InformerState.Connected>(_states.ElementAt(2));
        Assert.Equal(1, _hosts.Lists);
    }

    [Fact]
    public async Task When_the_server_has_forgotten_the_version_a_new_list_tells_only_the_difference()
    {
        _hosts.Put("kept", 1);
        _hosts.Put("gone", 2);
        _hosts.Put("changed", 3);
        _hosts.Put("recreated", 4);
        await StartAsync();

        _hosts.Trouble = context => ApiServerDouble.Reply(context, 500, "");
        _hosts.EndWatches();
        await Eventually.HoldsAsync(() => _informer.State is InformerState.Disconnected, "the informer noticed");
        _hosts.Delete("gone");
        _hosts.Put("changed", 33);
        _hosts.Delete("recreated");
        _hosts.Put("recreated", 4);
        _hosts.Put("new", 5);
        _hosts.ForgetHistory();
        _hosts.Trouble = null;

        await ToldAsync(
            "Added changed 3", "Added gone 2", "Added kept 1", "Added recreated 4",
            "Deleted gone 2", "Modified changed 33", "Added new 5", "Deleted recreated 4", "Added recreated 4");
        Assert.Equal(2, _hosts.Lists);
    }

    [Fact]
    public async Task Repeated_and_overtaken_deliveries_are_told_to_nobody()
    {
        _hosts.Put("a", 1);
        await StartAsync();
        var first = _informer.Find(new ObjectKey("default", "a"))!;
        _hosts.Put("a", 2);
        await ToldAsync("Added a 1", "Modified a 2");
        var second = _informer.Find(new ObjectKey("default", "a"))!;

        _hosts.Echo("MODIFIED", first);
        _hosts.Echo("MODIFIED", second);
        _hosts.Echo("DELETED", first with { Metadata = first.Metadata with { Uid = "an earlier one" } });
        _hosts.Put("marker", 9);

        await ToldAsync("Added a 1", "Modified a 2", "Added marker 9");
        Assert.Equal(2, _informer.Find(new ObjectKey("default", "a"))!.Spec.ServerID);
    }

    [Fact]
    public async Task A_bookmark_moves_the_place_to_resume_from()
    {
        _hosts.Put("a", 1);
        await StartAsync();
        _hosts.Bookmark();
        _hosts.Bookmark();
        _hosts.EndWatches();
        await Eventually.HoldsAsync(() => _hosts.Watches == 2, "the watch was resumed");

        Assert.Equal(["101", "103"], _server.Seen.Where(seen => seen.Query.ContainsKey("watch")).Select(seen => seen.Query["resourceVersion"]));
        Assert.Equal(["Added a 1"], _told);
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\":[]}}\n")]
    public async Task A_line_that_cannot_be_read_leads_to_a_new_list(string line)
    {
        _hosts.Put("a", 1);
        await StartAsync();

        _hosts.Send(line);
        await Eventually.HoldsAsync(() => _hosts is { Lists: 2, OpenWatches: 1 }, "everything was listed again");
        _hosts.Put("b", 2);

        await ToldAsync("Added a 1", "Added b 2");
        Assert.Equal(KubernetesError.Malformed, Assert.IsType<InformerState.Disconnected>(_states.ElementAt(1)).Reason.Error);
    }

    [Fact]
    public async Task A_line_of_a_type_unknown_today_is_passed_over()
    {
        await StartAsync();
        _hosts.Send("""{"type":"NOVELTY","object":{}}""" + "\n");
        _hosts.Put("a", 1);
        await ToldAsync("Added a 1");
        Assert.Equal(1, _hosts.Lists);
    }

    [Fact]
    public async Task An_unreachable_server_is_told_once_and_asked_again_only_when_the_delay_is_over()
    {
        var time = new ManualTime();
        _hosts.Trouble = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        Run(time, ReconnectDelay.Default);
        await WaitsAsync(time);

        for (var attempts = 2; attempts <= 6; attempts++)
        {
            var before = _server.Seen.Count;
            Assert.Equal(attempts - 1, before);
            time.Advance(TimeSpan.FromSeconds(30));
            await Eventually.HoldsAsync(() => _server.Seen.Count == before + 1, "the server was asked again");
            await WaitsAsync(time);
        }

        Assert.Single(_states);
        Assert.False(_informer.WaitForSyncAsync(default).IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(150), _informer.Staleness);

        _hosts.Trouble = null;
        time.Advance(TimeSpan.FromSeconds(45));
        await _informer.WaitForSyncAsync(default);
        Assert.Equal(2, _states.Count);
        Assert.Equal(TimeSpan.Zero, _informer.Staleness);
    }

    [Fact]
    public async Task A_server_that_ends_every_watch_at_once_is_asked_ever_more_rarely()
    {
        var time = new ManualTime();
        _server.Answers(async context =>
        {
            await Task.Yield();
            if (context.Request.Query.ContainsKey("watch")) await ApiServerDouble.Reply(context, 200, "");
            else await ApiServerDouble.Reply(context, 200, """{"metadata":{"resourceVersion":"5"},"items":[]}""");
        });
        Run(time, new ReconnectDelay(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(64)));
        await WaitsAsync(time);

        // The longest wait so far doubles: by the sixth, less than sixteen seconds bring nothing.
        for (var i = 0; i < 5; i++)
        {
            var before = _server.Seen.Count;
            time.Advance(TimeSpan.FromSeconds(1 << i));
            await Eventually.HoldsAsync(() => _server.Seen.Count > before, "the watch was tried again");
            await WaitsAsync(time);
        }

        var seen = _server.Seen.Count;
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0, time.WaitingWithin(TimeSpan.Zero));
        Assert.Equal(1, time.WaitingWithin(TimeSpan.FromSeconds(20)));
        Assert.Equal(seen, _server.Seen.Count);
    }

    [Fact]
    public async Task A_busy_server_is_left_alone_for_the_time_it_names()
    {
        var time = new ManualTime();
        _hosts.Trouble = context =>
        {
            context.Response.Headers.RetryAfter = "100";
            return ApiServerDouble.Reply(context, 429, ApiServerDouble.Refusal("TooManyRequests", "busy"));
        };
        Run(time, ReconnectDelay.Default);
        await Eventually.HoldsAsync(() => time.WaitingWithin(TimeSpan.FromSeconds(110)) == 1 && _states.Count == 1, "the informer waits");

        Assert.Equal(0, time.WaitingWithin(TimeSpan.FromSeconds(99)));
        time.Advance(TimeSpan.FromSeconds(99));
        Assert.Single(_server.Seen);
    }

    [Fact]
    public async Task A_server_that_keeps_the_connection_and_says_nothing_is_taken_for_lost()
    {
        var time = new ManualTime();
        _hosts.Put("a", 1);
        Run(time, ReconnectDelay.Default);
        await Eventually.HoldsAsync(() => _hosts.OpenWatches == 1 && time.WaitingWithin(TimeSpan.FromSeconds(150)) == 1, "the informer listens");

        time.Advance(TimeSpan.FromSeconds(149));
        Assert.IsType<InformerState.Connected>(_informer.State);
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(() => _informer.State is InformerState.Disconnected, "the silence was noticed");
        Assert.Contains("nothing was heard for 150 seconds", ((InformerState.Disconnected)_informer.State).Reason.Message, StringComparison.Ordinal);

        await Eventually.HoldsAsync(() => time.WaitingWithin(TimeSpan.FromSeconds(1)) == 1, "the informer waits to come back");
        _hosts.Put("a", 2);
        time.Advance(TimeSpan.FromSeconds(1));
        await ToldAsync("Added a 1", "Modified a 2");
        Assert.Equal(1, _hosts.Lists);
    }

    [Fact]
    public async Task A_bookmark_is_a_sign_of_life()
    {
        var time = new ManualTime();
        Run(time, ReconnectDelay.Default);
        await Eventually.HoldsAsync(() => _hosts.OpenWatches == 1 && time.WaitingWithin(TimeSpan.FromSeconds(150)) == 1, "the informer listens");

        for (var minute = 0; minute < 4; minute++)
        {
            time.Advance(TimeSpan.FromSeconds(100));
            _hosts.Bookmark();
            await Eventually.HoldsAsync(() => _informer.Staleness == TimeSpan.Zero && time.WaitingWithin(TimeSpan.FromSeconds(150)) == 1, "the bookmark was heard");
        }

        Assert.IsType<InformerState.Connected>(Assert.Single(_states));
        Assert.Equal(1, _hosts.Watches);
    }

    [Fact]
    public async Task Losing_the_permission_is_news_even_while_disconnected()
    {
        _hosts.Trouble = context => ApiServerDouble.Reply(context, 500, "");
        Run(new RealTime(), Quick);
        await Eventually.HoldsAsync(() => _server.Seen.Count >= 3, "a few attempts failed");
        Assert.Single(_states);

        _hosts.Trouble = context => ApiServerDouble.Reply(context, 403, ApiServerDouble.Refusal("Forbidden", "no"));
        await Eventually.HoldsAsync(() => _states.Count == 2, "the other reason was told");
        Assert.Equal(KubernetesError.Forbidden, Assert.IsType<InformerState.Disconnected>(_informer.State).Reason.Error);
    }

    /// <summary>Longer than any delay, so that a call's timer is not taken for one.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(10);

    private static ReconnectDelay Quick => new(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(10));

    private async Task StartAsync()
    {
        Run(new RealTime(), Quick);
        await _informer.WaitForSyncAsync(default).WaitAsync(TimeSpan.FromMinutes(3), new RealTime());
        await Eventually.HoldsAsync(() => _hosts.OpenWatches == 1, "the watch is open");
    }

    private void Run(TimeProvider time, ReconnectDelay reconnect)
    {
        _client = _server.Client(time, new KubernetesClientOptions { PageSize = 2, CallTimeout = CallTimeout, WatchLifetime = TimeSpan.FromHours(2) });
        _informer = new Informer<HetznerRobotHost>(
            _client,
            new InformerOptions { Reconnect = reconnect },
            time,
            new Random(7),
            (change, _) =>
            {
                _told.Enqueue($"{change.Kind} {change.Item.Metadata.Name} {change.Item.Spec.ServerID}");
                return ValueTask.CompletedTask;
            },
            _states.Enqueue);
        _run = Task.Run(() => _informer.RunAsync(_end.Token));
    }

    /// <summary>The informer has nothing to do but to wait: one timer runs, and it is not one of a call.</summary>
    private Task WaitsAsync(ManualTime time) => Eventually.HoldsAsync(
        () => _server.Seen.Count > 0 && time.WaitingWithin(TimeSpan.FromHours(1)) == 1 && time.WaitingWithin(CallTimeout - TimeSpan.FromTicks(1)) == 1,
        "the informer waits");

    private async Task ToldAsync(params string[] expected)
    {
        await Eventually.HoldsAsync(() => _told.Count >= expected.Length, $"{expected.Length} changes were told");
        Assert.Equal(expected, _told);
    }
}
