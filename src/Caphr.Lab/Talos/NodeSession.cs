using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caphr.Lab.World;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Caphr.Lab.Talos;

/// <summary>
/// Talos on one server, in one mode, from its API coming up until it goes away: a listening socket, a TLS profile and the connections made
/// under it.
/// </summary>
internal sealed class NodeSession : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string OrganizationOid = "2.5.4.10";

    private readonly Lock _gate = new();
    private readonly Socket _listener;
    private readonly X509Certificate2 _certificate;
    private readonly CancellationTokenSource _ended = new();
    private readonly HashSet<ConnectionContext> _connections = [];
    private int _applying;

    public NodeSession(LabServer server, RunningSystem running, TalosAuthority? authority, NodeSurroundings around)
    {
        Server = server;
        Around = around;
        Authority = authority;
        (BootId, Version, Configuration) = running switch
        {
            RunningSystem.TalosMaintenance maintenance => (maintenance.BootId, TalosVersion.Parse(maintenance.Version), null),
            RunningSystem.TalosConfigured configured => (configured.BootId, TalosVersion.Parse(configured.Version), configured.MachineConfiguration),
            _ => throw new ArgumentException("Talos does not run there.", nameof(running)),
        };
        NodeResources.Fill(State, server, running, Version, around.Faults);
        var named = around.Faults.IsOn(server, TalosFault.CertificateWithoutAddress) ? IPAddress.None : server.Address;
        _certificate = authority is null ? LabCertificates.SelfSigned(named, Now) : LabCertificates.Issued(authority, named, Now);
        Tls = new SslServerAuthenticationOptions
        {
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true),
            ClientCertificateRequired = authority is not null,
            RemoteCertificateValidationCallback = authority is null
                ? null
                : (_, peer, _, _) => peer is X509Certificate2 leaf && IsClient(leaf) && TalosAuthority.Vouches(authority.Certificate, leaf, ClientAuthentication, Now),
        };
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(server.Address, around.Port));
        _listener.Listen();
    }

    public NodeSurroundings Around { get; }

    /// <summary>Null in maintenance.</summary>
    public TalosAuthority? Authority { get; }

    public LabServer Server { get; }

    public int BootId { get; }

    public TalosVersion Version { get; }

    /// <summary>Null in maintenance.</summary>
    public string? Configuration { get; }

    public bool InMaintenance => Configuration is null;

    public NodeState State { get; } = new();

    public SslServerAuthenticationOptions Tls { get; }

    public CancellationToken Ended => _ended.Token;

    public static IReadOnlySet<string> Roles(X509Certificate2? client) => client is null
        ? new HashSet<string>()
        : client.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(name => !name.HasMultipleElements && name.GetSingleElementType().Value == OrganizationOid)
            .Select(name => name.GetSingleElementValue() ?? "")
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Talos was told to go, and lets the calls it is answering finish.</summary>
    public bool IsLeaving { get; set; }

    public bool Suffers(TalosFault fault) => Around.Faults.IsOn(Server, fault);

    /// <summary>Accepts until the session ends.</summary>
    public async Task ServeAsync(NodeListeners listeners)
    {
        try
        {
            while (true) Keep(listeners.Admit(await _listener.AcceptAsync(_ended.Token), connection => connection.Features.Set(this)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The listening socket went away with the session.
        }
    }

    public bool TryBeginApply() => Interlocked.Exchange(ref _applying, 1) == 0;

    public void EndApply() => Interlocked.Exchange(ref _applying, 0);

    /// <summary>
    /// A change of mode lets calls finish that are being answered; a reset or a crash lets nothing finish.
    /// </summary>
    public void End(bool abrupt)
    {
        _listener.Dispose();
        _ended.Cancel();
        ConnectionContext[] open;
        lock (_gate) open = [.. _connections];
        foreach (var connection in open) Close(connection, abrupt);
    }

    public void Dispose()
    {
        End(abrupt: true);
        _ended.Dispose();
        _certificate.Dispose();
    }

    /// <summary>The node's own idea of the time.</summary>
    private DateTimeOffset Now => Around.Clock.GetUtcNow() - (Suffers(TalosFault.ClockBehind) ? TimeSpan.FromHours(1) : TimeSpan.Zero);

    private static void Close(ConnectionContext connection, bool abrupt)
    {
        if (!abrupt && connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime) lifetime.RequestClose();
        else connection.Abort();
    }

    private static bool IsClient(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault()?.EnhancedKeyUsages is { Count: 1 } uses
        && uses[0] is Oid { Value: ClientAuthentication };

    private void Keep(ConnectionContext connection)
    {
        lock (_gate) _connections.Add(connection);
        connection.ConnectionClosed.Register(() =>
        {
            lock (_gate) _connections.Remove(connection);
        });
        if (_ended.IsCancellationRequested) Close(connection, abrupt: true);
    }
}
