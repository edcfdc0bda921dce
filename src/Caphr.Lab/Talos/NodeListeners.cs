using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caphr.Lab.Talos;

/// <summary>
/// The way from many listening sockets that come and go into one Kestrel, which can only be given its endpoints when it starts: Kestrel
/// sees a single transport, and every node's socket hands its connections to it. A node costs one listening socket.
/// </summary>
internal sealed class NodeListeners : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private readonly SocketConnectionContextFactory _connections;

    public NodeListeners()
    {
        _connections = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    }

    public EndPoint EndPoint { get; } = new Anywhere();

    public bool CanBind(EndPoint endpoint) => endpoint is Anywhere;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var connection) ? connection : null;

    public ConnectionContext Admit(Socket socket, Action<ConnectionContext> prepare)
    {
        var connection = _connections.Create(socket);
        prepare(connection);
        if (!_accepted.Writer.TryWrite(connection)) connection.Abort();
        return connection;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _connections.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Anywhere : EndPoint
    {
        public override string ToString() => "every Talos node";
    }
}
