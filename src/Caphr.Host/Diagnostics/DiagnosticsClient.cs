using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Caphr.Protocols;

namespace Caphr.Host.Diagnostics;

/// <summary>Asks a host: the one that runs on this machine, or one that answers over HTTPS.</summary>
internal sealed class DiagnosticsClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _place;
    private readonly HttpClient _http;

    private DiagnosticsClient(string place, Uri root, SocketsHttpHandler handler)
    {
        _place = place;
        _http = new HttpClient(handler) { BaseAddress = root, Timeout = Timeout.InfiniteTimeSpan };
    }

    public static DiagnosticsClient AtSocket(string socket) =>
        new(socket, new Uri("http://caphr/"), new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(socket, cancellation) });

    /// <param name="authorities">In PEM. Null: those of the system.</param>
    /// <param name="fingerprint">SHA-256 of the only certificate to trust, whoever issued it and whatever name it has.</param>
    public static DiagnosticsClient OverHttps(Uri server, string? token, string? authorities, string? fingerprint)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = s_patience };
        if (fingerprint is not null)
        {
            var wanted = fingerprint.Replace(":", "", StringComparison.Ordinal);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256).Equals(wanted, StringComparison.OrdinalIgnoreCase) == true;
        }
        else if (authorities is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        var client = new DiagnosticsClient(server.GetLeftPart(UriPartial.Authority), new Uri(server, $"{TlsDiagnosticsServer.Root}/"), handler);
        if (token is not null) client._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
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
                    401 => DiagnosticsError.Unauthenticated,
                    403 => DiagnosticsError.NotAllowed,
                    404 => DiagnosticsError.NotFound,
                    503 => DiagnosticsError.Unavailable,
                    _ => DiagnosticsError.Misunderstood,
                },
                document.RootElement.Deserialize<Refusal>(DiagnosticsRoutes.Json)?.Error ?? "The host gave no reason.");
        }
        catch (HttpRequestException lost) when (lost.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            return new DiagnosticsFailure(DiagnosticsError.NotAllowed, $"The socket {_place} belongs to another user: run this as the user of the host, or in its pod (kubectl exec -n caphr-system caphr-0 -- caphr …).");
        }
        catch (HttpRequestException lost) when (lost.InnerException is AuthenticationException)
        {
            return new DiagnosticsFailure(DiagnosticsError.StrangeAnswer, $"{_place} proves itself with a certificate that is not trusted: name its authority with --ca-file, or its SHA-256 with --fingerprint.");
        }
        catch (HttpRequestException lost) when (lost.InnerException is SocketException or ArgumentException)
        {
            return new DiagnosticsFailure(
                DiagnosticsError.NoHost, $"No host answers at {_place}: run this where one runs (kubectl exec -n caphr-system caphr-0 -- caphr …), or name its socket with --socket.");
        }
        catch (Exception strange) when (strange is HttpRequestException or JsonException or IOException)
        {
            return new DiagnosticsFailure(DiagnosticsError.StrangeAnswer, $"What answers at {_place} broke off, or is no CAPHR host.");
        }
    }

    public static Outcome<T, DiagnosticsFailure> Read<T>(JsonElement answer)
        where T : class
    {
        try
        {
            return answer.Deserialize<T>(DiagnosticsRoutes.Json) is { } read ? Outcome<T, DiagnosticsFailure>.Of(read) : Strange();
        }
        catch (JsonException)
        {
            return Strange();
        }

        static DiagnosticsFailure Strange() => new(DiagnosticsError.StrangeAnswer, "The host answers in a shape that this caphr does not know: use the caphr of the same release.");
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        NetworkStream? stream = null;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return stream = new NetworkStream(socket, ownsSocket: true);
        }
        finally
        {
            if (stream is null) socket.Dispose();
        }
    }
}
