using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caphr.Protocols;

namespace Caphr.Lab.Cli.Admin;

/// <summary>A Lab that runs, as another command sees it.</summary>
internal sealed class LabConnection : IDisposable
{
    private static readonly LabFailure s_none = new("No Lab is running here. Start one with `caphr-lab up` (or `make lab`), and ask again from another terminal.");

    private readonly HttpClient _http;

    private LabConnection(string socket) => _http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch (SocketException)
            {
                connection.Dispose();
                throw;
            }
        },
    })
    { BaseAddress = new Uri("http://lab/") };

    /// <summary>The one that was started last, of those that answer.</summary>
    /// <param name="sockets">Where some may be, the newest first.</param>
    public static async Task<Outcome<LabConnection, LabFailure>> FindAsync(IEnumerable<string> sockets, CancellationToken cancellation)
    {
        foreach (var socket in sockets)
        {
            var lab = new LabConnection(socket);
            if ((await lab.GetAsync("status", cancellation)).Succeeded) return lab;
            lab.Dispose();
        }

        return s_none;
    }

    public void Dispose() => _http.Dispose();

    public Task<Outcome<string, LabFailure>> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, body: null, cancellation);

    public async Task<Outcome<T, LabFailure>> GetAsync<T>(string path, JsonTypeInfo<T> shape, CancellationToken cancellation)
        where T : class => (await GetAsync(path, cancellation)).Then(text => JsonSerializer.Deserialize(text, shape)!);

    /// <param name="lines">In the words of the command line.</param>
    public Task<Outcome<string, LabFailure>> BreakAsync(string lines, CancellationToken cancellation) => SendAsync(HttpMethod.Post, "faults", new StringContent(lines), cancellation);

    private async Task<Outcome<string, LabFailure>> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            return response.IsSuccessStatusCode ? text : new LabFailure(JsonSerializer.Deserialize(text, AdminJson.Default.Complaint)?.Sentence ?? text);
        }
        catch (HttpRequestException)
        {
            return s_none;
        }
    }
}
