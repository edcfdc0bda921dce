using System.Net.Security;
using System.Net.Sockets;
using Caphr.Host.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Caphr.Host.Diagnostics;

/// <summary>The desk over HTTPS, below <see cref="Root"/>, for those whom the gate lets in. What it tells and that it only tells is the same as on the socket.</summary>
internal sealed class TlsDiagnosticsServer : IAsyncDisposable
{
    public const string Root = "/caphr";

    private const int MostConnections = 200;

    private readonly WebApplication _web;
    private readonly int _port;

    public TlsDiagnosticsServer(int port, TlsCertificate certificate, DiagnosticsGate gate, DiagnosticsRoutes routes)
    {
        _port = port;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.ListenAnyIP(port, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Proof(certificate)) });
            });
        });
        _web = builder.Build();
        _web.Run(async context =>
        {
            if (await gate.CheckAsync(context.Request.Headers.Authorization.ToString(), context.Request.Path.Value ?? "/", context.RequestAborted) is { } refusal)
            {
                if (refusal.Error == DiagnosticsError.Unauthenticated) context.Response.Headers.WWWAuthenticate = "Bearer";
                await DiagnosticsRoutes.RefuseAsync(context, refusal);
                return;
            }

            if (context.Request.Path.StartsWithSegments(Root, StringComparison.Ordinal, out var question))
            {
                context.Request.Path = question;
                await routes.AnswerAsync(context);
                return;
            }

            await DiagnosticsRoutes.RefuseAsync(context, new DiagnosticsFailure(DiagnosticsError.NotFound, $"All questions begin with {Root}/, such as {Root}/servers."));
        });
    }

    /// <returns>Why it cannot be heard, or null.</returns>
    public async Task<string?> StartAsync(CancellationToken cancellation)
    {
        try
        {
            await _web.StartAsync(cancellation);
            return null;
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            return $"Diagnostics cannot be told over HTTPS on port {_port}: {refused.Message} Choose another one with {Settings.DiagnosticsPort.Flag}.";
        }
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static SslServerAuthenticationOptions Proof(TlsCertificate certificate) =>
        new() { ServerCertificateContext = certificate.Current() };
}
