using System.Net;
using System.Net.Sockets;
using System.Text;
using Caphr.Protocols.Rescue;

namespace Caphr.Protocols.Tests.Rescue;

/// <summary>The client against a real OpenSSH server, and against peers that are none.</summary>
public sealed class RescueConnectorTests : IDisposable
{
    private static readonly RescueConnectorOptions s_patient = new() { User = Environment.UserName };

    private readonly RescueConnector _connector = new(s_patient, Clock.Real);
    private readonly SshUserKey _key = SshUserKey.Parse(SshUserKey.GenerateEd25519().Value).Value;

    public void Dispose()
    {
        _connector.Dispose();
        _key.Dispose();
    }

    [Theory]
    [MemberData(nameof(SshUserKeyTests.KindsOfKeys), MemberType = typeof(SshUserKeyTests))]
    public async Task Every_kind_of_key_logs_in(string algorithm, string[] arguments)
    {
        var (text, publicLine) = await Sshd.KeygenAsync(arguments);
        await using var sshd = await Sshd.StartAsync([publicLine]);
        using var key = SshUserKey.Parse(text).Value;

        await using var session = (await ConnectAsync(sshd.Endpoint, key, new HostKeyPolicy.FirstSight())).Value;

        Assert.Equal("in\n", await OutputAsync(session, "echo in"));
        Assert.NotEmpty(algorithm);
    }

    [Fact]
    public async Task The_host_key_seen_first_is_the_one_to_pin()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);

        await using var first = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value;
        await using var bySha256 = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.Pinned(first.HostKey.Sha256Fingerprint))).Value;
        await using var byMd5 = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.Pinned("aa:bb", first.HostKey.Md5Fingerprint))).Value;

        Assert.Equal(sshd.HostKeyFingerprint, first.HostKey.Sha256Fingerprint);
        Assert.Equal(sshd.HostKeyFingerprint, bySha256.HostKey.Sha256Fingerprint);
        Assert.Equal(sshd.HostKeyFingerprint, byMd5.HostKey.Sha256Fingerprint);
    }

    [Fact]
    public async Task Another_host_key_than_the_pinned_one_is_refused_before_the_user_key_is_offered()
    {
        // The user key is not authorized: had it been offered, the error would be about that.
        await using var sshd = await Sshd.StartAsync([]);

        var outcome = await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.Pinned(_key.Sha256Fingerprint));

        Assert.Equal(RescueError.HostKeyChanged, outcome.Failure?.Error);
        Assert.Contains(sshd.HostKeyFingerprint, outcome.Failure!.Evidence[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ed25519", "ssh-ed25519")]
    [InlineData("ecdsa", "ecdsa-sha2-nistp256")]
    [InlineData("rsa", "ssh-rsa")]
    public async Task Every_type_of_host_key_can_be_pinned_and_is_named_where_another_was(string type, string algorithm)
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine], type);

        await using var pinned = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.Pinned(sshd.HostKeyFingerprint))).Value;
        var other = await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.Pinned("SHA256:AAAA", "00:11:22"));

        Assert.Equal(algorithm, pinned.HostKey.Algorithm);
        Assert.Equal(RescueError.HostKeyChanged, other.Failure?.Error);
        Assert.Equal([$"{algorithm} {sshd.HostKeyFingerprint}"], other.Failure!.Evidence);
    }

    [Fact]
    public async Task A_key_that_nobody_authorized_is_refused()
    {
        await using var sshd = await Sshd.StartAsync([]);

        var outcome = await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight());

        Assert.Equal(RescueError.AuthenticationRefused, outcome.Failure?.Error);
    }

    [Fact]
    public async Task Output_complaints_and_exit_status_come_back_apart()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var session = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value;

        var result = (await session.ExecuteAsync("echo out; echo err >&2; exit 42", default, CancellationToken.None)).Value;

        Assert.Equal(42, result.ExitStatus);
        Assert.Equal("out\n", Encoding.UTF8.GetString(result.Output.Span));
        Assert.Equal("err", result.ErrorOutput);
    }

    [Fact]
    public async Task A_command_ended_by_a_signal_has_no_exit_status()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var session = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value;

        var result = (await session.ExecuteAsync("kill -9 $$", default, CancellationToken.None)).Value;

        Assert.Null(result.ExitStatus);
    }

    [Fact]
    public async Task Megabytes_of_input_arrive_whole_while_output_flows_back()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        using var connector = new RescueConnector(s_patient with { MaximumAnswerBytes = 32 << 20 }, Clock.Real);
        await using var session = (await connector.ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight(), CancellationToken.None)).Value;
        var input = new byte[20 << 20];
        new Random(1).NextBytes(input);

        var result = (await session.ExecuteAsync("cat", input, CancellationToken.None)).Value;

        Assert.True(input.AsSpan().SequenceEqual(result.Output.Span));
    }

    [Fact]
    public async Task A_command_that_ignores_its_input_is_not_waited_for()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var session = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value;

        var result = (await session.ExecuteAsync("exit 5", new byte[8 << 20], CancellationToken.None)).Value;

        Assert.Equal(5, result.ExitStatus);
    }

    [Fact]
    public async Task Endless_output_ends_in_a_garbled_answer()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var session = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value;

        var outcome = await session.ExecuteAsync("yes", default, CancellationToken.None);

        Assert.Equal(RescueError.GarbledAnswer, outcome.Failure?.Error);
    }

    [Fact]
    public async Task A_server_that_dies_in_mid_command_is_a_lost_connection()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var session = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value;

        var running = session.ExecuteAsync($"touch {sshd.Run}/started; sleep 60", default, CancellationToken.None);
        await Eventually.BecomesTrueAsync(() => File.Exists($"{sshd.Run}/started"));
        await sshd.KillAsync();

        Assert.Equal(RescueError.ConnectionLost, (await running).Failure?.Error);
        Assert.Equal(RetryClass.Unknown, (await running).Failure?.Retry);
        Assert.Equal(RescueError.ConnectionLost, (await session.ExecuteAsync("true", default, CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_cancelled_command_throws_and_closes_the_session()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await using var session = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value;
        using var cancellation = new CancellationTokenSource();

        var running = session.ExecuteAsync($"touch {sshd.Run}/started; sleep 60", default, cancellation.Token);
        await Eventually.BecomesTrueAsync(() => File.Exists($"{sshd.Run}/started"));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(RescueError.ConnectionLost, (await session.ExecuteAsync("true", default, CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_command_without_an_answer_in_time_may_have_been_carried_out()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        using var connector = new RescueConnector(s_patient with { CommandTimeout = TimeSpan.FromMilliseconds(100) }, Clock.Real);
        await using var session = (await connector.ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight(), CancellationToken.None)).Value;

        var outcome = await session.ExecuteAsync("sleep 60", default, CancellationToken.None);

        Assert.Equal(RescueError.CommandTimedOut, outcome.Failure?.Error);
        Assert.Equal(RetryClass.Unknown, outcome.Failure?.Retry);
    }

    [Fact]
    public async Task A_port_on_which_nothing_listens_refuses()
    {
        var endpoint = new RescueEndpoint(IPAddress.Loopback, FreePort.Take());

        Assert.Equal(RescueError.Refused, (await ConnectAsync(endpoint, _key, new HostKeyPolicy.FirstSight())).Failure?.Error);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", RescueError.NotSsh)]
    [InlineData("SSH-1.5-ancient\r\n", RescueError.HandshakeFailed)]
    [InlineData("SSH-2.0-liar\r\nthis is no key exchange, whatever the greeting said, and it is long enough", RescueError.HandshakeFailed)]
    public async Task A_peer_that_speaks_something_else_is_named(string greeting, RescueError expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connecting = ConnectAsync(EndpointOf(listener), _key, new HostKeyPolicy.FirstSight());
        using var peer = await listener.AcceptSocketAsync();
        await peer.SendAsync(Encoding.ASCII.GetBytes(greeting));

        Assert.Equal(expected, (await connecting).Failure?.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n")]
    public async Task A_peer_that_hangs_up_before_the_login_dropped_us(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connecting = ConnectAsync(EndpointOf(listener), _key, new HostKeyPolicy.FirstSight());
        using (var peer = await listener.AcceptSocketAsync()) await peer.SendAsync(Encoding.ASCII.GetBytes(greeting));

        var outcome = await connecting;

        Assert.Equal(RescueError.Dropped, outcome.Failure?.Error);
        Assert.Equal(RetryClass.WithBackoff, outcome.Failure?.Retry);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_runs_into_the_limit()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connector = new RescueConnector(s_patient with { LoginTimeout = TimeSpan.FromMilliseconds(100) }, Clock.Real);

        var outcome = await connector.ConnectAsync(EndpointOf(listener), _key, new HostKeyPolicy.FirstSight(), CancellationToken.None);

        Assert.Equal(RescueError.TimedOut, outcome.Failure?.Error);
    }

    [Fact]
    public async Task Cancelling_a_login_throws_and_hangs_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancellation = new CancellationTokenSource();
        var connecting = _connector.ConnectAsync(EndpointOf(listener), _key, new HostKeyPolicy.FirstSight(), cancellation.Token);
        using var peer = await listener.AcceptSocketAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task No_descriptor_is_left_behind_by_good_or_bad_ends()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        await RoundsAsync(2);
        var before = Descriptors.OfPort(sshd.Endpoint.Port);

        await RoundsAsync(10);

        Assert.Equal(before, Descriptors.OfPort(sshd.Endpoint.Port));

        async Task RoundsAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await using (var session = (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value)
                    await OutputAsync(session, "true");
                Assert.False((await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.Pinned("SHA256:other"))).Succeeded);
            }
        }
    }

    [Fact]
    public async Task Many_sessions_at_once_need_no_thread_each()
    {
        await using var sshd = await Sshd.StartAsync([_key.PublicKeyLine]);

        var sessions = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ => (await ConnectAsync(sshd.Endpoint, _key, new HostKeyPolicy.FirstSight())).Value));
        var outputs = await Task.WhenAll(sessions.Select((session, i) => OutputAsync(session, $"echo {i}")));

        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}\n"), outputs);
        foreach (var session in sessions) await session.DisposeAsync();
    }

    private static RescueEndpoint EndpointOf(TcpListener listener) => new(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);

    private static async Task<string> OutputAsync(RescueSession session, string command) =>
        Encoding.UTF8.GetString((await session.ExecuteAsync(command, default, CancellationToken.None)).Value.Output.Span);

    private Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(RescueEndpoint endpoint, SshUserKey key, HostKeyPolicy policy) =>
        _connector.ConnectAsync(endpoint, key, policy, CancellationToken.None);
}
