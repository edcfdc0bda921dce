using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Caphr.Lab.Talos;

/// <summary>The network side of a node: a listening socket, a TLS profile and the connections made under it.</summary>
internal sealed class NodeSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Socket _listener;
    private readonly X509Certificate2 _certificate;
    private readonly CancellationTokenSource _closed = new();
    private readonly HashSet<ConnectionContext> _connections = [];
    private readonly ConcurrentBag<Socket> _unheard = [];

    public NodeSession(TalosNode node)
    {
        Node = node;
        var (server, authority) = (node.Server, node.Authority);
        _certificate = NodeTls.NewCertificate(node);
        Tls = new SslServerAuthenticationOptions
        {
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true),
            ClientCertificateRequired = authority is not null,
            RemoteCertificateValidationCallback = authority is null
                ? null
                : (_, peer, _, _) => NodeTls.LetsIn(node, peer as X509Certificate2),
        };
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(server.Address, node.Around.Port));
        _listener.Listen();
    }

    public TalosNode Node { get; }

    public SslServerAuthenticationOptions Tls { get; }

    /// <summary>Accepts until the session ends.</summary>
    public async Task ServeAsync(NodeListeners listeners)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_closed.Token);
                // A packet to a dead cable is lost; on this machine the kernel has answered it already, so at least nothing more is said.
                if (Node.Server.IsAttached) Keep(listeners.Admit(socket, connection => connection.Features.Set(this)));
                else _unheard.Add(socket);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The listening socket went away with the session.
        }
    }

    /// <summary>The network goes: every connection is dead, and new ones are not heard.</summary>
    public void Unplug() => CloseAll(abrupt: true);

    /// <summary>
    /// A change of mode lets calls finish that are being answered; a reset or a crash lets nothing finish.
    /// </summary>
    public void End(bool abrupt)
    {
        _listener.Dispose();
        _closed.Cancel();
        Node.End();
        CloseAll(abrupt);
        foreach (var unheard in _unheard) unheard.Dispose();
    }

    public void Dispose()
    {
        End(abrupt: true);
        _closed.Dispose();
        Node.Dispose();
        _certificate.Dispose();
    }

    private static void Close(ConnectionContext connection, bool abrupt)
    {
        if (!abrupt && connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime) lifetime.RequestClose();
        else connection.Abort();
    }

    private void CloseAll(bool abrupt)
    {
        ConnectionContext[] open;
        lock (_gate) open = [.. _connections];
        foreach (var connection in open) Close(connection, abrupt);
    }

    private void Keep(ConnectionContext connection)
    {
        lock (_gate) _connections.Add(connection);
        connection.ConnectionClosed.Register(() =>
        {
            lock (_gate) _connections.Remove(connection);
        });
        if (_closed.IsCancellationRequested) Close(connection, abrupt: true);
    }
}
