using Caphr.Protocols.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Diagnostics;

/// <summary>Diagnostics over HTTPS with all that they need, which nothing else does.</summary>
internal sealed class RemoteDiagnostics : IAsyncDisposable
{
    /// <summary>Whoever asks waits for it, and there is no use in an answer that comes after they have gone.</summary>
    private static readonly TimeSpan s_reviewTime = TimeSpan.FromSeconds(5);

    private readonly KubernetesClient _kubernetes;
    private readonly TlsCertificate _certificate;
    private readonly DiagnosticsGate _gate;
    private readonly TlsDiagnosticsServer _server;

    private RemoteDiagnostics(int port, HostOptions options, KubernetesConnection connection, DiagnosticsRoutes routes, TimeProvider clock, ILoggerFactory logging)
    {
        _kubernetes = new KubernetesClient(connection, clock, new KubernetesClientOptions { CallTimeout = s_reviewTime });
        _certificate = new TlsCertificate(options.DiagnosticsTls, options.ReplicaName, clock, logging.CreateLogger<TlsCertificate>());
        _gate = new DiagnosticsGate(_kubernetes, clock, logging.CreateLogger<DiagnosticsGate>());
        _server = new TlsDiagnosticsServer(port, _certificate, _gate, routes);
    }

    /// <summary>Null where they are not wanted.</summary>
    public static RemoteDiagnostics? Create(HostOptions options, KubernetesConnection connection, DiagnosticsRoutes routes, TimeProvider clock, ILoggerFactory logging) =>
        options.DiagnosticsPort is { } port ? new RemoteDiagnostics(port, options, connection, routes, clock, logging) : null;

    /// <returns>Why they cannot be told, or null.</returns>
    public Task<string?> StartAsync(CancellationToken cancellation) => _server.StartAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _gate.Dispose();
        _certificate.Dispose();
        _kubernetes.Dispose();
    }
}
