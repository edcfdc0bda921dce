using System.Net;
using System.Net.Sockets;

namespace Caphr.Host.Tests.Journals;

/// <summary>A wire to PostgreSQL that can be cut at the worst moment: when the server has committed, and its answer is on the way.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    // The server's message that a COMMIT is done: the type, the length, the words.
    private static readonly byte[] s_committed = [(byte)'C', 0, 0, 0, 11, .. "COMMIT\0"u8];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly int _serverPort;
    private int _cutsLeft;
    private int _cuts;

    public CuttingProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Cuts => Volatile.Read(ref _cuts);

    public void CutNextCommits(int count) => Volatile.Write(ref _cutsLeft, count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var wires = new List<Task>();
        try
        {
            while (true) wires.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(wires);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var ownedClient = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            await await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), mayCut: false),
                PumpAsync(server.GetStream(), client.GetStream(), mayCut: true));
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // One side has left, and with this method's end the other one is left alone.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool mayCut)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var length)
        {
            if (mayCut && buffer.AsSpan(0, length).IndexOf(s_committed) >= 0 && Interlocked.Decrement(ref _cutsLeft) >= 0)
            {
                Interlocked.Increment(ref _cuts);
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }
}
