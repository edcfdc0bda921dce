using System.Net;
using System.Net.Sockets;
using Caphr.Protocols.Rescue;

namespace Caphr.Protocols.Tests.Rescue;

/// <summary>Somebody in between: hands on what the client says, and does as it likes with what the server says.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _relaying;

    public Relay(RescueEndpoint server, Func<NetworkStream, NetworkStream, Task> fromServer)
    {
        _listener.Start();
        _relaying = RelayAsync(server, fromServer);
    }

    public RescueEndpoint Endpoint => new(IPAddress.Loopback, ((IPEndPoint)_listener.LocalEndpoint).Port);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _relaying;
    }

    private async Task RelayAsync(RescueEndpoint server, Func<NetworkStream, NetworkStream, Task> fromServer)
    {
        try
        {
            using var near = await _listener.AcceptTcpClientAsync();
            using var far = new TcpClient { NoDelay = true };
            near.NoDelay = true;
            await far.ConnectAsync(server.Address, server.Port);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), fromServer(far.GetStream(), near.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException)
        {
            // One of the two hung up, or the test is over.
        }
    }
}
