using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Caphr.Protocols.Kubernetes;

/// <summary>Sends calls over HTTP and turns everything that can go wrong on the way into a failure.</summary>
internal sealed class KubernetesTransport : IDisposable
{
    /// <summary>A refusal longer than this explains nothing more.</summary>
    private const int LongestRefusal = 64 * 1024;

    private readonly KubernetesConnection _connection;
    private readonly KubernetesClientOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public KubernetesTransport(KubernetesConnection connection, TimeProvider time, KubernetesClientOptions options)
    {
        _connection = connection;
        _options = options;
        _time = time;
        _http = new HttpClient(connection.CreateHandler())
        {
            // A kubeconfig may point below a path, as proxies in front of several clusters do.
            BaseAddress = new Uri(connection.Server.ToString().TrimEnd('/') + "/"),
            // Each call has its own deadline, on the clock that was passed in.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("caphr", typeof(KubernetesTransport).Assembly.GetName().Version!.ToString(3)));
    }

    public async Task<Outcome<TAnswer, KubernetesFailure>> CallAsync<TAnswer>(Call call, CancellationToken cancellation)
    {
        using var deadline = new Deadline(_options.CallTimeout, _time, cancellation);
        try
        {
            var sent = await SendAsync(call, deadline.Token);
            if (!sent.TryGet(out var response, out var failure)) return failure;
            using (response)
            {
                await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
                var answer = await JsonSerializer.DeserializeAsync<TAnswer>(body, KubernetesJson.Options, deadline.Token);
                return answer is null ? call.Failed(KubernetesError.Malformed, "the answer is null.") : answer;
            }
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            return TooLate(call);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Lost(call, exception);
        }
        catch (JsonException exception)
        {
            return call.Failed(KubernetesError.Malformed, $"the answer is not the JSON it should be, at {exception.Path ?? "its beginning"}.");
        }
    }

    /// <summary>Opens an answer that has no end of its own.</summary>
    public async Task<WatchStream> OpenAsync(Call call, CancellationToken cancellation)
    {
        using var deadline = new Deadline(_options.CallTimeout, _time, cancellation);
        try
        {
            var sent = await SendAsync(call, deadline.Token);
            if (!sent.TryGet(out var response, out var failure)) return WatchStream.Refused(failure);
            return new WatchStream(call, response, await response.Content.ReadAsStreamAsync(deadline.Token), _options.WatchLifetime + _options.WatchGrace, _options.WatchSilence, _time);
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            return WatchStream.Refused(TooLate(call));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return WatchStream.Refused(Lost(call, exception));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Outcome<HttpResponseMessage, KubernetesFailure>> SendAsync(Call call, CancellationToken cancellation)
    {
        using var request = call.ToRequest();
        // The handler takes the name for TLS from here and from nowhere else; the API server itself looks at no Host header.
        request.Headers.Host = _connection.TlsServerName;
        if (_connection.Token is { } token)
        {
            var read = await token.ReadAsync(_time, cancellation);
            if (!read.TryGet(out var value, out var unreadable)) return unreadable;
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", value);
        }

        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.Unauthorized) _connection.Token?.Forget();
            return await RefusalAsync(call, response, cancellation);
        }
    }

    private async Task<KubernetesFailure> RefusalAsync(Call call, HttpResponseMessage response, CancellationToken cancellation)
    {
        var code = (int)response.StatusCode;
        var status = await ExplanationAsync(response, cancellation);
        var error = ApiStatus.ErrorOf(code, status?.Reason, call.IsWrite);
        var said = call.Type.Sensitive ? null : status?.Message;
        var why = said is null
            ? string.Create(CultureInfo.InvariantCulture, $"the API server answered {code} {status?.Reason ?? response.ReasonPhrase}.")
            : string.Create(CultureInfo.InvariantCulture, $"the API server answered {code}: {said}");
        return call.Failed(error, why) with { RetryAfter = RetryAfter(response) ?? Seconds(status?.Details?.RetryAfterSeconds) };
    }

    private static async Task<ApiStatus?> ExplanationAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(LongestRefusal, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            return JsonSerializer.Deserialize<ApiStatus>(body, KubernetesJson.Options);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException)
        {
            // Proxies and load balancers explain themselves in HTML, or at length, or not at all; the status code stands.
            return null;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };

    private static TimeSpan? Seconds(int? seconds) => seconds is > 0 ? TimeSpan.FromSeconds(seconds.Value) : null;

    private static KubernetesFailure TooLate(Call call) => call.IsWrite
        ? call.Failed(KubernetesError.AnswerLost, "no answer came in time; it may or may not have been carried out.")
        : call.Failed(KubernetesError.TimedOut, "no answer came in time.");

    internal static KubernetesFailure Lost(Call call, Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError }
            => call.Failed(KubernetesError.Unreachable, $"the API server cannot be reached ({exception.Message})."),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            => call.Failed(KubernetesError.Untrusted, $"no trusted TLS connection ({exception.InnerException?.Message ?? exception.Message})."),
        _ when call.IsWrite
            => call.Failed(KubernetesError.AnswerLost, $"the connection broke; it may or may not have been carried out ({exception.Message})."),
        _ => call.Failed(KubernetesError.Unreachable, $"the connection broke ({exception.Message})."),
    };
}
