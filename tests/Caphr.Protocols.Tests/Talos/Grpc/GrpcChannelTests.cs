using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Cosi;
using Caphr.Protocols.Talos.Wire.Machine;
using Microsoft.AspNetCore.Http;

namespace Caphr.Protocols.Tests.Talos.Grpc;

/// <summary>Every way a peer can misbehave has a name, and none of them is an exception.</summary>
public sealed class GrpcChannelTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(15);

    private readonly HandClock _clock = new();

    [Fact]
    public async Task An_answer_and_an_OK_in_the_trailers_are_a_success()
    {
        var outcome = await CallAsync(async context =>
        {
            await WriteAsync(context, new VersionResponse { Messages = { new Caphr.Protocols.Talos.Wire.Machine.Version() } });
            context.Response.AppendTrailer("grpc-status", "0");
        });

        Assert.Single(outcome.Value.Messages);
    }

    [Fact]
    public async Task A_trailers_only_error_keeps_its_code_and_its_words()
    {
        var outcome = await CallAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "12";
            context.Response.Headers["grpc-message"] = "100%25 of this%3A caf%C3%A9";
            return Task.CompletedTask;
        });

        Assert.Equal(new GrpcStatus(GrpcStatusCode.Unimplemented, "100% of this: café"), outcome.Failure?.Status);
    }

    [Fact]
    public async Task An_error_after_an_answer_is_an_error()
    {
        var outcome = await CallAsync(async context =>
        {
            await WriteAsync(context, new VersionResponse());
            context.Response.AppendTrailer("grpc-status", "13");
        });

        Assert.Equal(GrpcStatusCode.Internal, outcome.Failure?.Status?.Code);
    }

    [Fact]
    public async Task A_status_nobody_defined_is_unknown()
    {
        var outcome = await CallAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "99";
            return Task.CompletedTask;
        });

        Assert.Equal(GrpcStatusCode.Unknown, outcome.Failure?.Status?.Code);
    }

    [Fact]
    public async Task An_end_without_a_status_is_a_lost_connection() =>
        await FailsAsync(GrpcError.ConnectionLost, context => WriteAsync(context, new VersionResponse()));

    [Fact]
    public async Task A_stream_that_the_server_aborts_is_reset() => await FailsAsync(GrpcError.StreamReset, context =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_web_page_is_not_gRPC() => await FailsAsync(GrpcError.NotGrpc, context =>
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<html></html>");
    });

    [Fact]
    public async Task An_HTTP_error_is_not_gRPC() => await FailsAsync(GrpcError.NotGrpc, context =>
    {
        context.Response.StatusCode = 503;
        return Task.CompletedTask;
    });

    [Fact]
    public async Task An_announced_message_above_the_limit_is_not_read() => await FailsAsync(
        GrpcError.MessageTooLarge, context => RawAsync(context, [0, 0x02, 0x00, 0x00, 0x01]));

    [Fact]
    public async Task A_compressed_frame_is_malformed() => await FailsAsync(
        GrpcError.MalformedMessage, context => RawAsync(context, [1, 0, 0, 0, 1, 0]));

    [Fact]
    public async Task A_frame_cut_in_the_middle_is_malformed() => await FailsAsync(
        GrpcError.MalformedMessage, context => RawAsync(context, [0, 0, 0, 0, 9, 1, 2]));

    [Fact]
    public async Task A_message_that_does_not_decode_is_malformed() => await FailsAsync(
        GrpcError.MalformedMessage, context => RawAsync(context, [0, 0, 0, 0, 3, 0x0a, 0x7f, 0x01]));

    [Fact]
    public async Task Two_answers_to_a_call_for_one_are_malformed() => await FailsAsync(GrpcError.MalformedMessage, async context =>
    {
        await WriteAsync(context, new VersionResponse());
        await WriteAsync(context, new VersionResponse());
        context.Response.AppendTrailer("grpc-status", "0");
    });

    [Fact]
    public async Task A_silent_peer_runs_into_the_deadline_and_is_told_of_it()
    {
        var arrived = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await OddServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            arrived.SetResult(context.Request.Headers["grpc-timeout"]);
            await gone.Task;
        });
        using var channel = server.Connect(_clock);

        var call = channel.CallAsync(TalosMethods.Version, new Empty(), s_deadline, CancellationToken.None);
        Assert.Equal("15000m", await arrived.Task);
        Assert.False(call.IsCompleted);
        _clock.Advance(s_deadline);

        Assert.Equal(GrpcError.DeadlineExceeded, (await call).Failure?.Error);
        await gone.Task;
    }

    [Fact]
    public async Task A_watch_that_stands_has_no_deadline()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await OddServer.StartAsync(async context =>
        {
            await WriteAsync(context, new WatchResponse());
            await first.Task;
            await WriteAsync(context, new WatchResponse { Event = { new Event() } });
            await second.Task;
            context.Abort();
        });
        using var channel = server.Connect(_clock);
        await using var watch = channel.StreamAsync(TalosMethods.Watch, new WatchRequest(), s_deadline, CancellationToken.None).GetAsyncEnumerator();

        Assert.True(await watch.MoveNextAsync());
        _clock.Advance(TimeSpan.FromDays(3));
        first.SetResult();
        Assert.True(await watch.MoveNextAsync());
        Assert.Single(watch.Current.Value.Event);
        second.SetResult();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(GrpcError.StreamReset, watch.Current.Failure?.Error);
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task The_callers_cancellation_is_an_exception_and_no_failure()
    {
        using var caller = new CancellationTokenSource();
        await using var server = await OddServer.StartAsync(async context =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, context.RequestAborted);
        });
        using var channel = server.Connect(_clock);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => channel.CallAsync(TalosMethods.Version, new Empty(), s_deadline, caller.Token));
    }

    [Fact]
    public async Task A_peer_we_do_not_accept_hears_no_request()
    {
        var heard = 0;
        await using var server = await OddServer.StartAsync(_ =>
        {
            heard++;
            return Task.CompletedTask;
        });
        using var channel = new GrpcChannel(server.Address, new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => false }, _clock);

        var outcome = await channel.CallAsync(TalosMethods.Version, new Empty(), s_deadline, CancellationToken.None);

        Assert.Equal(GrpcError.PeerNotTrusted, outcome.Failure?.Error);
        Assert.Equal(0, heard);
    }

    [Fact]
    public async Task A_closed_port_refuses()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort.Take());
        using var channel = new GrpcChannel(address, OddServer.AcceptAnyone(), _clock);

        Assert.Equal(GrpcError.ConnectionRefused, (await channel.CallAsync(TalosMethods.Version, new Empty(), s_deadline, CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_peer_that_talks_something_else_fails_the_handshake_and_is_no_Talos()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = (IPEndPoint)listener.LocalEndpoint;
        async Task GreetAsync()
        {
            using var peer = await listener.AcceptTcpClientAsync();
            await peer.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray());
        }

        using var channel = new GrpcChannel(address, OddServer.AcceptAnyone(), _clock);
        var greeted = GreetAsync();
        Assert.Equal(GrpcError.HandshakeFailed, (await channel.CallAsync(TalosMethods.Version, new Empty(), s_deadline, CancellationToken.None)).Failure?.Error);
        await greeted;

        greeted = GreetAsync();
        var presence = await TalosClient.ProbeAsync(address, identity: null, _clock, CancellationToken.None);
        Assert.Equal(new TalosPresence.Foreign(ForeignPeer.NotTalos), presence.Value);
        await greeted;
    }

    private async Task FailsAsync(GrpcError expected, RequestDelegate answer) => Assert.Equal(expected, (await CallAsync(answer)).Failure?.Error);

    private async Task<Outcome<VersionResponse, GrpcFailure>> CallAsync(RequestDelegate answer)
    {
        await using var server = await OddServer.StartAsync(answer);
        using var channel = server.Connect(_clock);
        return await channel.CallAsync(TalosMethods.Version, new Empty(), s_deadline, CancellationToken.None);
    }

    private static async Task WriteAsync(HttpContext context, Google.Protobuf.IMessage message)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(GrpcFraming.Encode(message));
        await context.Response.Body.FlushAsync();
    }

    private static async Task RawAsync(HttpContext context, byte[] bytes)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(bytes);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
