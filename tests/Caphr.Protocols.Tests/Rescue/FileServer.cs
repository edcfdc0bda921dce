using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Caphr.Protocols.Tests.Rescue;

/// <summary>A web server with one file, of which it gives parts too, on a loopback port. It can stop half-way and hang up there.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;
    private byte[] _file = [];
    private HalfWay? _halfWay;
    private int _bytesPerConnection = int.MaxValue;
    private int _requests;

    public FileServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Missing => $"http://{_listener.LocalEndpoint}/missing";

    public int Requests => Volatile.Read(ref _requests);

    public static string Sha256(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    public string Serve(byte[] file)
    {
        _file = file;
        return $"http://{_listener.LocalEndpoint}/file?token=secret&x=\"quoted\\";
    }

    /// <summary>Sends half of the file, and hangs up when what is returned is disposed. Whoever comes after that is not kept.</summary>
    public IDisposable ServeHalf(byte[] file, out string url)
    {
        url = Serve(file);
        return _halfWay = new HalfWay();
    }

    /// <summary>Hangs up after so many bytes of each connection.</summary>
    public string ServeInPieces(byte[] file, int bytesPerConnection)
    {
        _bytesPerConnection = bytesPerConnection;
        return Serve(file);
    }

    public async ValueTask DisposeAsync()
    {
        _halfWay?.Dispose();
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
            catch (IOException)
            {
                // curl was killed; that is the test.
            }
            catch (Exception exception) when (exception is SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var first = await reader.ReadLineAsync() ?? "";
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line) headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();

        var tag = $"\"{Sha256(_file)}\"";
        var (status, body) = first.Contains("/missing", StringComparison.Ordinal) ? ("404 Not Found", Memory<byte>.Empty) : ("200 OK", _file.AsMemory());
        var range = "";
        if (headers.TryGetValue("Range", out var asked) && headers.GetValueOrDefault("If-Range", tag) == tag)
        {
            var from = int.Parse(asked["bytes=".Length..^1], CultureInfo.InvariantCulture);
            (status, body) = ("206 Partial Content", _file.AsMemory(from));
            range = $"Content-Range: bytes {from}-{_file.Length - 1}/{_file.Length}\r\n";
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nETag: {tag}\r\n{range}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
        if (_halfWay is not { HungUp: { IsCompleted: false } hungUp })
        {
            await stream.WriteAsync(body[..Math.Min(body.Length, _bytesPerConnection)]);
            return;
        }

        await stream.WriteAsync(body[..(body.Length / 2)]);
        await hungUp;
    }

    private sealed class HalfWay : IDisposable
    {
        private readonly TaskCompletionSource _hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HungUp => _hungUp.Task;

        public void Dispose() => _hungUp.TrySetResult();
    }
}
