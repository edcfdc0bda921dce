using System.Net;
using System.Net.Sockets;
using System.Text;
using Caphr.Protocols.Robot;

namespace Caphr.Protocols.Tests.Robot;

/// <summary>What becomes of a call when the connection does: over real sockets, because the handler's own habits are part of the question.</summary>
public sealed class RobotConnectionTests
{
    private const string Accepted = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}";

    [Fact]
    public async Task A_reset_whose_connection_dies_unanswered_is_unknown_and_sent_once()
    {
        await using var server = new ScriptedServer("");
        using var robot = Client(server.Address);

        var failure = (await robot.Reset(7, ResetType.Hardware, default)).Failure;

        Assert.Equal((RobotError.ConnectionLost, RetryClass.Unknown), (failure?.Error, failure?.Retry));
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_is_sent_once_even_if_the_server_hangs_up_instead_of_answering(bool onUsedConnection)
    {
        // .NET repeats some requests by itself when their connection dies, on new connections and on used ones.
        await using var server = new ScriptedServer(onUsedConnection ? [Accepted, ""] : [""]);
        using var robot = Client(server.Address);
        if (onUsedConnection) await robot.Reset(7, ResetType.Hardware, default);
        var before = server.Requests;

        Assert.Equal(RobotError.ConnectionLost, (await robot.Reset(7, ResetType.Hardware, default)).Failure?.Error);
        Assert.Equal(RobotError.ConnectionLost, (await robot.DeactivateRescue(7, default)).Failure?.Error);

        Assert.Equal(before + 2, server.Requests);
    }

    [Fact]
    public async Task An_answer_cut_off_in_its_body_is_a_lost_connection()
    {
        await using var server = new ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n{\"reset\":");
        using var robot = Client(server.Address);

        Assert.Equal(RetryClass.Unknown, (await robot.Reset(7, ResetType.Hardware, default)).Failure?.Retry);
    }

    [Fact]
    public async Task An_answer_longer_than_any_account_is_garbled()
    {
        await using var server = new ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n[");
        using var robot = Client(server.Address);

        Assert.Equal(RobotError.Garbled, (await robot.ListServers(default)).Failure?.Error);
    }

    [Fact]
    public async Task Nobody_listening_means_surely_not_carried_out()
    {
        using var robot = Client(new Uri($"http://127.0.0.1:{FreePort.Take()}/"));

        var failure = (await robot.Reset(7, ResetType.Hardware, default)).Failure;

        Assert.Equal((RobotError.Unreachable, RetryClass.WithBackoff), (failure?.Error, failure?.Retry));
    }

    [Fact]
    public async Task A_reset_that_is_not_answered_in_time_is_unknown()
    {
        await using var server = new ScriptedServer(ScriptedServer.Silence);
        using var robot = Client(server.Address, TimeSpan.FromSeconds(3));

        var failure = (await robot.Reset(7, ResetType.Hardware, default)).Failure;

        Assert.Equal((RobotError.TimedOut, RetryClass.Unknown), (failure?.Error, failure?.Retry));
    }

    [Fact]
    public async Task Plain_text_where_tls_was_expected_is_no_connection_and_sends_nothing()
    {
        await using var server = new ScriptedServer(Accepted);
        using var robot = Client(new UriBuilder(server.Address) { Scheme = "https" }.Uri, TimeSpan.FromSeconds(30), connectTimeout: TimeSpan.FromMilliseconds(200));

        var failure = (await robot.Reset(7, ResetType.Hardware, default)).Failure;

        Assert.Contains(failure?.Error, (RobotError?[])[RobotError.Unreachable, RobotError.Untrusted]);
        Assert.NotEqual(RetryClass.Unknown, failure?.Retry);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = new ScriptedServer(Accepted);
        await using var server = new ScriptedServer($"HTTP/1.1 302 Found\r\nLocation: {elsewhere.Address}\r\nContent-Length: 0\r\n\r\n");
        using var robot = Client(server.Address);

        Assert.Equal(RobotError.UnexpectedStatus, (await robot.ListServers(default)).Failure?.Error);
        Assert.Equal(0, elsewhere.Requests);
    }

    [Fact]
    public async Task The_callers_cancellation_is_not_a_failure_of_robot()
    {
        await using var server = new ScriptedServer(ScriptedServer.Silence);
        using var robot = Client(server.Address);
        using var cancellation = new CancellationTokenSource();

        var call = robot.ListServers(cancellation.Token);
        await server.FirstRequest;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static RobotClient Client(Uri address, TimeSpan? timeout = null, TimeSpan? connectTimeout = null) => new(
        new RobotClientOptions
        {
            BaseAddress = address,
            RequestTimeout = timeout ?? TimeSpan.FromSeconds(30),
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(10),
        },
        RecordedRobot.Credentials,
        new WallClock());

    /// <summary>
    /// Answers the n-th request with the n-th text, on whatever connection it comes. An empty text, and every request after the last, is
    /// answered by hanging up.
    /// </summary>
    private sealed class ScriptedServer : IAsyncDisposable
    {
        public const string Silence = "silence";

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly string[] _answers;
        private readonly Task _accepting;
        private int _requests;

        public ScriptedServer(params string[] answers)
        {
            _answers = answers;
            _listener.Start();
            Address = new Uri($"http://{_listener.LocalEndpoint}/");
            _accepting = Accept();
        }

        public Uri Address { get; }

        public int Requests => Volatile.Read(ref _requests);

        public Task FirstRequest => _first.Task;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _accepting;
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task Accept()
        {
            var serving = new List<Task>();
            try
            {
                while (true) serving.Add(Serve(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(serving);
            }
        }

        private async Task Serve(TcpClient client)
        {
            using var _ = client;
            var stream = client.GetStream();
            var buffer = new byte[65536];
            try
            {
                while (await stream.ReadAsync(buffer, _stop.Token) is > 0 and var length)
                {
                    if (!Encoding.ASCII.GetString(buffer, 0, length).Contains("HTTP/1.1\r\n", StringComparison.Ordinal)) continue;
                    var number = Interlocked.Increment(ref _requests);
                    _first.TrySetResult();
                    var answer = number <= _answers.Length ? _answers[number - 1] : "";
                    if (answer == Silence) continue;
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
                    if (answer != Accepted) return;
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
            catch (IOException)
            {
                // The client hung up first.
            }
        }
    }
}
