using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caphr.Protocols.Talos.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Caphr.Protocols.Tests.Talos.Grpc;

/// <summary>An HTTP/2 server over TLS that answers every call as the test wants it to.</summary>
internal sealed class OddServer : IAsyncDisposable
{
    private readonly WebApplication _kestrel;
    private readonly X509Certificate2 _certificate;

    private OddServer(WebApplication kestrel, X509Certificate2 certificate)
    {
        _kestrel = kestrel;
        _certificate = certificate;
    }

    public IPEndPoint Address => IPEndPoint.Parse(_kestrel.Urls.Single()["https://".Length..]);

    public static async Task<OddServer> StartAsync(RequestDelegate answer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest("CN=odd", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.UseHttps(certificate);
        }));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new OddServer(app, certificate);
    }

    public GrpcChannel Connect(TimeProvider clock, int maxMessageBytes = GrpcFraming.MaxMessageBytes) =>
        new(Address, AcceptAnyone(), clock, maxMessageBytes);

    public static SslClientAuthenticationOptions AcceptAnyone() => new() { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };

    public async ValueTask DisposeAsync()
    {
        await _kestrel.DisposeAsync();
        _certificate.Dispose();
    }
}
