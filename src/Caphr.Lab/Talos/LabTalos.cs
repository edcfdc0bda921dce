using Caphr.Lab.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Caphr.Lab.Talos;

/// <summary>
/// Talos on every server of the world that runs it: real TLS and real gRPC at the server's own address, in the mode and the version the
/// world says, for as long as it says so.
/// </summary>
public sealed class LabTalos : IAsyncDisposable
{
    private readonly LabWorld _world;
    private readonly LabTalosOptions _options;
    private readonly NodeSurroundings _around;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, NodeSession> _sessions = [];
    private readonly NodeListeners _listeners = new();
    private readonly WebApplication _kestrel;
    private bool _stopped;

    public LabTalos(LabWorld world, LabTalosOptions options)
    {
        _world = world;
        _options = options;
        _around = new NodeSurroundings(options.Port, world.Time.Clock, Faults, new LabEtcd());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        builder.Services.AddSingleton<IConnectionListenerFactory>(_listeners);
        _kestrel = builder.Build();
        _kestrel.Run(LabTalosApi.HandleAsync);
    }

    /// <summary>What is made to go wrong, by server.</summary>
    public LabTalosFaults Faults { get; } = new();

    public async Task StartAsync(CancellationToken cancellation)
    {
        await _kestrel.StartAsync(cancellation);
        foreach (var server in _world.Servers)
        {
            server.RunningChanged += Follow;
            Follow(server, server.Running);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _world.Servers) server.RunningChanged -= Follow;
        lock (_gate)
        {
            _stopped = true;
            foreach (var session in _sessions.Values) session.Dispose();
            _sessions.Clear();
        }

        await _kestrel.DisposeAsync();
        await _listeners.DisposeAsync();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(_listeners.EndPoint, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = handshake => new(handshake.Connection.Features.Get<NodeSession>()!.Tls),
            });
        });
    }

    /// <summary>Announcements of one server may overtake each other, so what runs is asked again under the lock.</summary>
    private void Follow(LabServer server, RunningSystem announced)
    {
        lock (_gate)
        {
            if (_stopped) return;
            var running = server.Running;
            var session = _sessions.GetValueOrDefault(server.Number);
            if (session is not null && IsSame(session, running))
            {
                NodeResources.Follow(session.State, server, running, Faults);
                JoinEtcd(session, running);
                return;
            }

            if (session is not null)
            {
                _sessions.Remove(server.Number);
                session.End(abrupt: !session.IsLeaving && (running is not RunningSystem.TalosConfigured configured || configured.BootId != session.BootId));
            }

            if (Begin(server, running) is { } next)
            {
                _sessions.Add(server.Number, next);
                JoinEtcd(next, running);
                _ = next.ServeAsync(_listeners);
            }
        }
    }

    private NodeSession? Begin(LabServer server, RunningSystem running) => running switch
    {
        _ when Faults.IsOn(server, TalosFault.AddressMoved) => null,
        RunningSystem.TalosMaintenance => new NodeSession(server, running, authority: null, _around),
        RunningSystem.TalosConfigured configured => _options.Authorities.For(configured.MachineConfiguration) is { } authority
            ? new NodeSession(server, running, authority, _around)
            : null,
        _ => null,
    };

    private void JoinEtcd(NodeSession session, RunningSystem running)
    {
        if (running is not RunningSystem.TalosConfigured { Ready: true } ready || !NodeStatus.IsControlPlane(ready.MachineConfiguration)) return;
        var server = session.Server;
        _around.Etcd.Of(session.Authority!.Certificate.Thumbprint)
            .Join(new LabEtcd.Member((ulong)server.Number, NodeResources.Hostname(server, ready.MachineConfiguration), server.Address));
    }

    private static bool IsSame(NodeSession session, RunningSystem running) => running switch
    {
        RunningSystem.TalosMaintenance maintenance => session.InMaintenance && session.BootId == maintenance.BootId,
        RunningSystem.TalosConfigured configured => session.Configuration == configured.MachineConfiguration && session.BootId == configured.BootId,
        _ => false,
    };
}
