using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;

namespace Caphr.Protocols.Talos.Grpc;

/// <summary>One call under way: turns everything HTTP can throw into a <see cref="GrpcFailure"/>, in this one place.</summary>
internal sealed class GrpcCall<TResponse>(
    HttpMessageInvoker http, MessageParser<TResponse> parser, int maxMessageBytes, TimeProvider clock, Func<bool> peerRefused) : IDisposable
    where TResponse : class, IMessage<TResponse>
{
    private CancellationTokenSource? _deadline;
    private CancellationTokenSource? _either;
    private CancellationToken _caller;
    private HttpResponseMessage? _response;
    private Stream? _body;

    public void ExpectWithin(TimeSpan span, CancellationToken caller)
    {
        _caller = caller;
        _deadline = new CancellationTokenSource(span, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, caller);
    }

    /// <summary>From here on the call may be silent for as long as it likes.</summary>
#pragma warning disable RS0030 // The source was created with a TimeProvider, and this puts its timer to rest.
    public void ExpectNothing() => _deadline!.CancelAfter(Timeout.InfiniteTimeSpan);
#pragma warning restore RS0030

    public async Task<Outcome<Done, GrpcFailure>> StartAsync(HttpRequestMessage message) => await Guarded<Done>(async () =>
    {
        _response = await http.SendAsync(message, _either!.Token);
        if (_response.StatusCode != HttpStatusCode.OK)
            return new GrpcFailure(GrpcError.NotGrpc, string.Create(CultureInfo.InvariantCulture, $"The peer answered with HTTP status {(int)_response.StatusCode}."));
        if (_response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
            return new GrpcFailure(GrpcError.NotGrpc, "The peer's answer is no gRPC.");

        // An error that comes before any message has its status among the headers.
        if (Status(_response.Headers) is { Code: not GrpcStatusCode.Ok } status) return Failed(status);
        _body = await _response.Content.ReadAsStreamAsync(_either.Token);
        return new Done();
    });

    /// <summary>The next message, or null when the peer ended the call with OK.</summary>
    public async Task<Outcome<TResponse?, GrpcFailure>> NextAsync() => await Guarded<TResponse?>(async () =>
        await GrpcFraming.ReadAsync(_body!, maxMessageBytes, _either!.Token) switch
        {
            Frame.Message message => parser.ParseFrom(message.Bytes.Span),
            Frame.TooLarge large => new GrpcFailure(GrpcError.MessageTooLarge, string.Create(CultureInfo.InvariantCulture, $"A message of {large.Bytes} bytes was announced.")),
            Frame.Broken broken => new GrpcFailure(GrpcError.MalformedMessage, broken.Reason),
            _ => End(),
        });

    public void Dispose()
    {
        // Disposing an answer that has not ended resets the stream, so the peer learns that nobody reads any more.
        _response?.Dispose();
        _either?.Dispose();
        _deadline?.Dispose();
    }

    private Outcome<TResponse?, GrpcFailure> End() => (Status(_response!.TrailingHeaders) ?? Status(_response.Headers)) switch
    {
        null => new GrpcFailure(GrpcError.ConnectionLost, "The stream ended without a status."),
        { Code: GrpcStatusCode.Ok } => Outcome<TResponse?, GrpcFailure>.Of(null),
        var status => Failed(status),
    };

    private async Task<Outcome<T, GrpcFailure>> Guarded<T>(Func<Task<Outcome<T, GrpcFailure>>> step)
    {
        try
        {
            return await step();
        }
        catch (OperationCanceledException) when (!_caller.IsCancellationRequested)
        {
            return _deadline!.IsCancellationRequested
                ? new GrpcFailure(GrpcError.DeadlineExceeded, "The peer did not answer in time.")
                : new GrpcFailure(GrpcError.Unreachable, "No connection in time.");
        }
        catch (HttpRequestException exception)
        {
            return Failed(exception);
        }
        catch (InvalidProtocolBufferException)
        {
            return new GrpcFailure(GrpcError.MalformedMessage, "The message does not decode.");
        }
        catch (IOException exception)
        {
            return Broken(exception);
        }
    }

    private GrpcFailure Failed(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.ConnectionError => exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            ? new GrpcFailure(GrpcError.ConnectionRefused, "Nobody listens there.")
            : new GrpcFailure(GrpcError.Unreachable, exception.InnerException?.Message ?? "No way there."),
        HttpRequestError.SecureConnectionError when peerRefused() => new GrpcFailure(GrpcError.PeerNotTrusted, "The peer's certificate is not one we accept."),
        HttpRequestError.SecureConnectionError or HttpRequestError.VersionNegotiationError =>
            new GrpcFailure(GrpcError.HandshakeFailed, exception.InnerException?.Message ?? "The peer does not speak HTTP/2 over TLS."),
        _ => Broken(exception.InnerException ?? exception),
    };

    /// <summary>
    /// RST_STREAM and GOAWAY arrive as one type with one set of codes; only .NET's words tell the end of a call from that of the connection.
    /// </summary>
    private static GrpcFailure Broken(Exception exception) => exception switch
    {
        HttpProtocolException { ErrorCode: var code } reset when reset.Message.Contains("reset the stream", StringComparison.Ordinal) =>
            new(GrpcError.StreamReset, $"The peer broke off the call ({NameOf(code)})."),
        HttpProtocolException { ErrorCode: var code } closed when closed.Message.Contains("closed the connection", StringComparison.Ordinal) =>
            new(GrpcError.GoingAway, $"The peer gave up the connection ({NameOf(code)})."),
        _ => new(GrpcError.ConnectionLost, exception.Message),
    };

    /// <summary>RFC 9113, section 7.</summary>
    private static string NameOf(long code) => code switch
    {
        0 => "NO_ERROR",
        1 => "PROTOCOL_ERROR",
        2 => "INTERNAL_ERROR",
        7 => "REFUSED_STREAM",
        8 => "CANCEL",
        11 => "ENHANCE_YOUR_CALM",
        _ => string.Create(CultureInfo.InvariantCulture, $"HTTP/2 error {code}"),
    };

    private static GrpcFailure Failed(GrpcStatus status) => new(GrpcError.Status, status.Message, status);

    private static GrpcStatus? Status(System.Net.Http.Headers.HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("grpc-status", out var codes)) return null;
        var code = int.TryParse(codes.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Enum.IsDefined((GrpcStatusCode)number)
            ? (GrpcStatusCode)number
            : GrpcStatusCode.Unknown;
        var text = headers.NonValidated.TryGetValues("grpc-message", out var messages) ? GrpcMessageText.Decode(messages.ToString()) : "";
        return new GrpcStatus(code, text);
    }
}
