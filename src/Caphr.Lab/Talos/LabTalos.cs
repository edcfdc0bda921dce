using Caphr.Lab.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Caphr.Lab.Talos;

/// <summary>Real TLS and real gRPC at each server's own address, and <see cref="TalosNodes"/> behind it.</summary>
public sealed class LabTalos : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, NodeSession> _sessions = [];
    private readonly NodeListeners _listeners = new();
    private readonly TalosNodes _nodes;
    private readonly WebApplication _kestrel;

    public LabTalos(LabWorld world, LabTalosOptions options)
    {
        _nodes = new TalosNodes(world, options, Follow);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        builder.Services.AddSingleton<IConnectionListenerFactory>(_listeners);
        _kestrel = builder.Build();
        _kestrel.Run(LabTalosApi.HandleAsync);
    }

    /// <summary>What is made to go wrong, by server.</summary>
    public LabTalosFaults Faults => _nodes.Faults;

    public async Task StartAsync(CancellationToken cancellation)
    {
        await _kestrel.StartAsync(cancellation);
        _nodes.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.Dispose();
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

    private void Follow(TalosNode? before, TalosNode? now, bool isAbrupt)
    {
        lock (_gate)
        {
            if (before is not null && before == now)
            {
                _sessions[now.Server.Number].Unplug();
                return;
            }

            if (before is not null && _sessions.Remove(before.Server.Number, out var ended)) ended.End(isAbrupt);
            if (now is null) return;
            var session = new NodeSession(now);
            _sessions.Add(now.Server.Number, session);
            _ = session.ServeAsync(_listeners);
        }
    }
}
