using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Caphr.Actors.Servers;
using Caphr.Host.Tests.Control;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Diagnostics;

[UnsupportedOSPlatform("windows")]
public sealed class DiagnosticsTests
{
    [Fact]
    public async Task Nobody_but_its_own_user_may_open_the_socket_and_it_goes_with_the_host()
    {
        string socket;
        await using (var desk = await DeskUnderTest.StartedAsync())
        {
            socket = desk.Socket;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(socket)!));
        }

        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task A_socket_that_a_killed_host_has_left_is_taken_over_and_one_that_is_heard_is_not()
    {
        await using var desk = new DeskUnderTest();
        Directory.CreateDirectory(Path.GetDirectoryName(desk.Socket)!);
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) left.Bind(new UnixDomainSocketEndPoint(desk.Socket));
        if (!File.Exists(desk.Socket)) await File.WriteAllTextAsync(desk.Socket, "");

        Assert.Null(await desk.StartAsync());
        await using var second = new Host.Diagnostics.DiagnosticsServer(desk.Socket, null!);
        Assert.Equal($"Another host answers at {desk.Socket}. Choose another place with --socket.", await second.StartAsync(CancellationToken.None));
        Assert.Equal(0, (await desk.CaphrAsync("actor", "tree")).Exit);
    }

    [Fact]
    public async Task A_path_that_no_socket_can_have_is_a_sentence_and_no_crash()
    {
        await using var server = new Host.Diagnostics.DiagnosticsServer($"/tmp/{new string('x', 120)}/caphr.sock", null!);
        Assert.StartsWith("Diagnostics cannot be told at /tmp/xxx", await server.StartAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Whatever_could_change_something_is_refused(string method)
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(desk.Socket), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var question = new HttpRequestMessage(new HttpMethod(method), "http://caphr/servers");
        using var answer = await http.SendAsync(question);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task Where_no_host_runs_one_sentence_says_how_to_reach_one()
    {
        var (exit, output, error) = await DeskUnderTest.RunAsync("server", "list", "--socket", "/nowhere/caphr.sock");
        Assert.Equal((3, ""), (exit, output));
        Assert.Equal("No host answers at /nowhere/caphr.sock: run this where one runs (kubectl exec -n caphr-system caphr-0 -- caphr …), or name its socket with --socket.", error.TrimEnd());
    }

    [Fact]
    public async Task The_actor_tree_shows_the_guardian_and_an_actor_that_is_not_there_is_not_found()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        var (_, tree, _) = await desk.CaphrAsync("actor", "tree");
        Assert.StartsWith("ACTOR", tree, StringComparison.Ordinal);
        Assert.Contains("Running", tree, StringComparison.Ordinal);
        Assert.Equal((4, "There is no actor /nobody. `caphr actor tree` shows all."), await desk.CaphrAsync("actor", "show", "/nobody") is var (exit, _, error) ? (exit, error.TrimEnd()) : default);
    }

    [Fact]
    public async Task A_story_tells_every_event_once_with_its_time_and_who_it_was()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        var (exit, output, _) = await desk.CaphrAsync("server", "story", "1001");
        Assert.Equal(0, exit);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(FrozenStory.Servers[new ServerNumber(1001)].Count + 1, lines.Length);
        Assert.Matches(@"^2026-03-01 03:0\d:\d\d  InRescue +rescue +RescueReached +The rescue system answers", Assert.Single(lines, line => line.Contains("SHA256:host", StringComparison.Ordinal)));

        var (_, json, _) = await desk.CaphrAsync("server", "story", "1001", "--json");
        Assert.Equal(Enumerable.Range(1, lines.Length - 1), json.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt32()));
    }

    [Fact]
    public async Task Whoever_follows_a_story_hears_what_happens_later_and_nothing_twice()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        var told = FrozenStory.Servers[new ServerNumber(1001)].Count;
        using var client = Host.Diagnostics.DiagnosticsClient.AtSocket(desk.Socket);
        var news = client.AskAsync($"servers/1001/story?after={told}&wait=30", CancellationToken.None);
        var happened = new ServerEvent.ClaimAccepted(Objects.Now, FrozenStory.Servers[new ServerNumber(1001)].OfType<ServerEvent.ClaimAccepted>().First().Plan);
        await desk.Journal.AppendAsync(new Actors.Journal.JournalAppend("server-1001", told, 0, new Guid(99, 0, 0, new byte[8]), [ServerEvents.Codec.Encode(happened, happened.At)]), CancellationToken.None);

        var heard = (await news).Value;
        Assert.Equal(1, heard.GetArrayLength());
        Assert.Equal(told + 1, heard[0].GetProperty("sequence").GetInt64());
    }

    /// <summary>A pod has thirty seconds to end; the answer would come after those.</summary>
    [Fact]
    public async Task Whoever_waits_for_news_does_not_hold_up_the_end_of_the_host()
    {
        var desk = await DeskUnderTest.StartedAsync();
        using var client = Host.Diagnostics.DiagnosticsClient.AtSocket(desk.Socket);
        Assert.True((await client.AskAsync("journal", CancellationToken.None)).Succeeded);
        var news = client.AskAsync("servers/1001/story?after=1000&wait=30", CancellationToken.None);
        await desk.DisposeAsync();
        Assert.False((await news).Succeeded);
    }

    [Fact]
    public async Task A_server_is_shown_by_its_own_actor_where_it_is_worked_and_from_the_journal_elsewhere()
    {
        var objects = new Objects();
        objects.AddHost(4711);
        await using var desk = await DeskUnderTest.StartedAsync(objects);

        var (_, elsewhere, _) = await desk.CaphrAsync("server", "show", "1001");
        Assert.Contains("what is shown here is from the journal", elsewhere, StringComparison.Ordinal);
        Assert.Contains("Available, for", elsewhere, StringComparison.Ordinal);

        desk.Board.Hear(new ServerSnapshot(
            new ServerState.Installing(new RescueBoot("SHA256:k", "aa:bb", "uuid"), new DiskFacts("sda", "S9", null, null, 4_000_000_000_000, false, null), Attempt: 4)
            {
                Number = new ServerNumber(4711),
                Plan = FrozenStory.Servers[new ServerNumber(1001)].OfType<ServerEvent.ClaimAccepted>().First().Plan,
                Record = new ServerRecord("192.0.2.9", null, "AX52", "FSN1-DC14"),
                Step = 4,
                Since = Objects.Now,
                Until = Objects.Now.AddMinutes(30),
            },
            new EffectNote(new EffectKey(new ServerNumber(4711), 4), "Writing.", 0.4)));
        var (_, here, _) = await desk.CaphrAsync("server", "show", "4711");
        foreach (var part in new[] { "metal/node4711", "Installing", "deadline", "Writing (40%).", "Install image (step 4)", "sda, serial S9, 4000 GB", "0 of 3" }) Assert.Contains(part, here, StringComparison.Ordinal);
        Assert.DoesNotContain("from the journal", here, StringComparison.Ordinal);

        var (_, list, _) = await desk.CaphrAsync("server", "list", "--json");
        Assert.Equal("Installing", JsonDocument.Parse(list).RootElement[0].GetProperty("phase").GetString());
    }

    [Theory]
    [InlineData("server", "show", "99")]
    [InlineData("server", "story", "99")]
    [InlineData("explain", "hrm/nobody")]
    public async Task What_is_not_there_is_one_sentence_and_exit_code_4(params string[] arguments)
    {
        await using var desk = await DeskUnderTest.StartedAsync(new Objects());
        var (exit, output, error) = await desk.CaphrAsync(arguments);
        Assert.Equal((4, "", 1), (exit, output, error.TrimEnd().Split('\n').Length));
    }

    [Fact]
    public async Task Before_Kubernetes_was_heard_nothing_is_explained()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        Assert.Equal((1, "Kubernetes has not been heard in this process yet."), await desk.CaphrAsync("explain", "hrm/x") is var (exit, _, error) ? (exit, error.TrimEnd()) : default);
    }

    [Fact]
    public async Task Shards_and_members_are_listed()
    {
        await using var desk = await DeskUnderTest.StartedAsync();
        await desk.Journal.ClaimAsync(new Actors.Journal.ShardClaim(17, 3, "caphr-0.1"), CancellationToken.None);
        var (_, shards, _) = await desk.CaphrAsync("shard", "list");
        Assert.Matches(@"(?m)^17 +3 +caphr-0.1", shards);
        Assert.Equal(129, shards.TrimEnd().Split('\n').Length);
        Assert.Equal(0, (await desk.CaphrAsync("member", "list")).Exit);
        Assert.Equal("No Robot account was asked by this replica yet.", (await desk.CaphrAsync("robot", "budget")).Output.TrimEnd());
    }
}
