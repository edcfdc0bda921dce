using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Caphr.Lab.Tests.Rescue;

/// <summary>An image factory with one image, on a loopback port.</summary>
internal sealed class ImageServer : IAsyncDisposable
{
    private static readonly byte[] s_image = Encoding.ASCII.GetBytes("an image");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;
    private int _requests;
    private TaskCompletionSource? _held;

    public ImageServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Image => $"http://{_listener.LocalEndpoint}/image/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba/v1.11.2/metal-amd64.raw.zst";

    public string Missing => $"http://{_listener.LocalEndpoint}/image/none/v1.11.2/metal-amd64.raw.zst";

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(s_image));

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>No answer before <see cref="LetGo"/>: whoever asked goes on waiting.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _held?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        LetGo();
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _requests);
                await AnswerAsync(connection.GetStream());
            }
            catch (Exception exception) when (exception is SocketException or InvalidOperationException)
            {
                return;
            }
            catch (IOException)
            {
                // Whoever asked has left, or was killed.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var first = await reader.ReadLineAsync() ?? "";
        while (!string.IsNullOrEmpty(await reader.ReadLineAsync()))
        {
        }

        if (_held is { } held) await held.Task;
        var (status, body) = first.Contains("/none/", StringComparison.Ordinal) ? ("404 Not Found", []) : ("200 OK", s_image);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(body);
    }
}
