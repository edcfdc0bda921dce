using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Caphr.Protocols.Talos.Grpc;

/// <summary>
/// gRPC over one HTTP/2 connection to one address. The connection is made by the first call and again by the next one after it was
/// lost; the callback in its TLS options is asked about the peer every time.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    /// <summary>Shorter than any deadline of a call, so that a silent address is told apart from a silent peer.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly MediaTypeHeaderValue s_contentType = new("application/grpc+proto");

    private readonly IPEndPoint _endpoint;
    private readonly TimeProvider _clock;
    private readonly int _maxMessageBytes;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _root;
    private volatile bool _peerRefused;

    public GrpcChannel(IPEndPoint endpoint, SslClientAuthenticationOptions tls, TimeProvider clock, int maxMessageBytes = GrpcFraming.MaxMessageBytes, GrpcTransport? transport = null)
    {
        _endpoint = endpoint;
        _clock = clock;
        _maxMessageBytes = maxMessageBytes;
        _root = new Uri($"https://{endpoint}/");
        var decide = tls.RemoteCertificateValidationCallback
            ?? throw new ArgumentException("Who the peer may be has to be decided by a callback.", nameof(tls));
        tls.ApplicationProtocols = [SslApplicationProtocol.Http2];
        tls.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var accepted = decide(sender, certificate, chain, errors);
            _peerRefused = !accepted;
            return accepted;
        };
        _http = new HttpMessageInvoker(transport?.Invoke(endpoint, tls) ?? Sockets(tls));
    }

    /// <summary>One request, one answer.</summary>
    public async Task<Outcome<TResponse, GrpcFailure>> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan deadline, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = new GrpcCall<TResponse>(_http, method.Response, _maxMessageBytes, _clock, () => _peerRefused);
        using var message = Message(method, request);
        message.Headers.Add("grpc-timeout", string.Create(CultureInfo.InvariantCulture, $"{(long)deadline.TotalMilliseconds}m"));

        call.ExpectWithin(deadline, cancellation);
        if (!(await call.StartAsync(message)).TryGet(out _, out var failure)) return failure;
        if (!(await call.NextAsync()).TryGet(out var answer, out failure)) return failure;
        if (answer is null) return new GrpcFailure(GrpcError.MalformedMessage, "The call ended well and without an answer.");
        if (!(await call.NextAsync()).TryGet(out var more, out failure)) return failure;
        return more is null ? answer : new GrpcFailure(GrpcError.MalformedMessage, "A call for one answer got several.");
    }

    /// <summary>
    /// One request, many answers, for as long as it lasts. <paramref name="firstWithin"/> limits the wait for the first one only. A
    /// failure is the last element; a stream that the peer ended with OK just ends.
    /// </summary>
    public async IAsyncEnumerable<Outcome<TResponse, GrpcFailure>> StreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan firstWithin, [EnumeratorCancellation] CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = new GrpcCall<TResponse>(_http, method.Response, _maxMessageBytes, _clock, () => _peerRefused);
        using var message = Message(method, request);

        call.ExpectWithin(firstWithin, cancellation);
        if (!(await call.StartAsync(message)).TryGet(out _, out var failure))
        {
            yield return failure;
            yield break;
        }

        while (true)
        {
            if (!(await call.NextAsync()).TryGet(out var answer, out failure))
            {
                yield return failure;
                yield break;
            }

            if (answer is null) yield break;
            call.ExpectNothing();
            yield return answer;
        }
    }

    public void Dispose() => _http.Dispose();

    private SocketsHttpHandler Sockets(SslClientAuthenticationOptions tls) => new()
    {
        SslOptions = tls,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = ConnectTimeout * 2,
        MaxConnectionsPerServer = 1,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        // The ids of a trace are no business of a node that may not be ours.
        ActivityHeadersPropagator = null,
    };

    private HttpRequestMessage Message<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_root, method.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcFraming.Encode(request)) { Headers = { ContentType = s_contentType } },
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("caphr", null));
        return message;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(_endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = new CancellationTokenSource(ConnectTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            // A watch is silent for days. TCP finds out when the node is gone; HTTP/2 pings would do so too, but a gRPC server in Go hangs
            // up on a client that pings more often than it likes.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 20);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            await socket.ConnectAsync(_endpoint, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
