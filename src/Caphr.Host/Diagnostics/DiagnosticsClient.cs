using System.Net.Sockets;
using System.Text.Json;
using Caphr.Protocols;

namespace Caphr.Host.Diagnostics;

/// <summary>Asks the host that runs on this machine.</summary>
internal sealed class DiagnosticsClient : IDisposable
{
    private readonly string _socket;
    private readonly HttpClient _http;

    public DiagnosticsClient(string socket)
    {
        _socket = socket;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = new Uri("http://caphr/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <param name="question">Relative, with its query.</param>
    public async Task<Outcome<JsonElement, DiagnosticsFailure>> AskAsync(string question, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(question, UriKind.Relative), cancellation);
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            using var document = await JsonDocument.ParseAsync(body, default, cancellation);
            if (answer.IsSuccessStatusCode) return document.RootElement.Clone();
            return new DiagnosticsFailure(
                (int)answer.StatusCode switch
                {
                    404 => DiagnosticsError.NotFound,
                    503 => DiagnosticsError.Unavailable,
                    _ => DiagnosticsError.Misunderstood,
                },
                document.RootElement.Deserialize<Refusal>(DiagnosticsServer.Json)?.Error ?? "The host gave no reason.");
        }
        catch (HttpRequestException lost) when (lost.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            return new DiagnosticsFailure(DiagnosticsError.NotAllowed, $"The socket {_socket} belongs to another user: run this as the user of the host, or in its pod (kubectl exec -n caphr-system caphr-0 -- caphr …).");
        }
        catch (HttpRequestException lost) when (lost.InnerException is SocketException or ArgumentException)
        {
            return new DiagnosticsFailure(
                DiagnosticsError.NoHost, $"No host answers at {_socket}: run this where one runs (kubectl exec -n caphr-system caphr-0 -- caphr …), or name its socket with --socket.");
        }
        catch (Exception strange) when (strange is HttpRequestException or JsonException or IOException)
        {
            return new DiagnosticsFailure(DiagnosticsError.StrangeAnswer, $"What answers at {_socket} broke off, or is no CAPHR host.");
        }
    }

    public static Outcome<T, DiagnosticsFailure> Read<T>(JsonElement answer)
        where T : class
    {
        try
        {
            return answer.Deserialize<T>(DiagnosticsServer.Json) is { } read ? Outcome<T, DiagnosticsFailure>.Of(read) : Strange();
        }
        catch (JsonException)
        {
            return Strange();
        }

        static DiagnosticsFailure Strange() => new(DiagnosticsError.StrangeAnswer, "The host answers in a shape that this caphr does not know: use the caphr of the same release.");
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        NetworkStream? stream = null;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellation);
            return stream = new NetworkStream(socket, ownsSocket: true);
        }
        finally
        {
            if (stream is null) socket.Dispose();
        }
    }
}
