using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>Carries calls over HTTP and says of each that fails how far it came.</summary>
internal sealed class RobotTransport : IDisposable
{
    private const int LargestAnswer = 32 * 1024 * 1024;

    private readonly HttpClient _http;
    private readonly RobotClientOptions _options;
    private readonly RobotCredentials _credentials;
    private readonly TimeProvider _clock;

    public RobotTransport(RobotClientOptions options, RobotCredentials credentials, TimeProvider clock, HttpMessageHandler? handler)
    {
        _options = options;
        _credentials = credentials;
        _clock = clock;
        _http = new HttpClient(handler ?? Sockets(options), disposeHandler: true)
        {
            BaseAddress = new Uri(options.BaseAddress.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    public void Dispose() => _http.Dispose();

    public async Task<Outcome<RobotAnswer, RobotFailure>> Send(RobotCall call, CancellationToken cancellation)
    {
        using var deadline = new Deadline(_options.RequestTimeout, _clock, cancellation);
        using var request = Request(call);
        try
        {
            using var response = await _http.SendAsync(request, deadline.Token);
            return Read(call, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline.Token));
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            return call.Failed(RobotError.TimedOut, $"no answer within {_options.RequestTimeout.TotalSeconds:0} s");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The handler's own connect time-out: it cancels with none of our tokens.
            return call.Failed(RobotError.Unreachable, $"no connection within {_options.ConnectTimeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException lost)
        {
            return Classify(call, lost);
        }
    }

    // Redirects would carry the password elsewhere.
    private static SocketsHttpHandler Sockets(RobotClientOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
    };

    private HttpRequestMessage Request(RobotCall call)
    {
        var request = new HttpRequestMessage(call.Method, call.Path.TrimStart('/'));
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_credentials.User}:{_credentials.Password}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", login);
        request.Headers.Accept.ParseAdd("application/json");
        // .NET sends a request without content again by itself, up to three times, when the server hangs up instead of answering. With
        // content, even of no length, it does not. A write must never be repeated behind our back; a read may.
        if (call.Method != HttpMethod.Get) request.Content = new FormUrlEncodedContent(call.Form ?? []);
        return request;
    }

    private static Outcome<RobotAnswer, RobotFailure> Read(RobotCall call, int status, byte[] content)
    {
        var accepted = status is >= 200 and < 300;
        try
        {
            var body = content.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(content);
            return accepted ? new RobotAnswer(call, status, body) : RobotRefusal.Read(call, status, body);
        }
        catch (JsonException)
        {
            return accepted ? call.Garbled(status, "the answer is not JSON") : RobotRefusal.Read(call, status, default);
        }
    }

    private static RobotFailure Classify(RobotCall call, HttpRequestException lost) => lost.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => call.Failed(RobotError.Unreachable, "the name does not resolve"),
        HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => call.Failed(RobotError.Unreachable, "no connection"),
        HttpRequestError.SecureConnectionError when lost.InnerException is AuthenticationException =>
            call.Failed(RobotError.Untrusted, "the certificate or TLS version is not acceptable"),
        HttpRequestError.SecureConnectionError => call.Failed(RobotError.Unreachable, "the TLS handshake broke off"),
        HttpRequestError.ConfigurationLimitExceeded => call.Failed(RobotError.Garbled, "the answer is too long"),
        _ => call.Failed(RobotError.ConnectionLost, "the connection broke before the answer was complete"),
    };
}
