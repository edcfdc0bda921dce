using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Cosi;
using Caphr.Protocols.Talos.Wire.Runtime;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Caphr.Benchmarks.Talos;

/// <summary>All nodes behind one listener, in maintenance: each answer is ready made, and a watch is told its status and then nothing.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private static readonly byte[] s_version = GrpcFraming.Encode(new GetResponse { Resource = Holding(new VersionSpec { Version = "v1.13.9" }) });
    private static readonly byte[] s_stands = GrpcFraming.Encode(new WatchResponse());
    private static readonly byte[] s_status = GrpcFraming.Encode(new WatchResponse { Event = { new Event { Resource = Holding(new MachineStatusSpec { Stage = Stage.Maintenance }) } } });

    private readonly WebApplication _kestrel;
    private readonly X509Certificate2 _certificate;

    private BenchNode(WebApplication kestrel, X509Certificate2 certificate)
    {
        _kestrel = kestrel;
        _certificate = certificate;
    }

    public IPEndPoint Address => IPEndPoint.Parse(_kestrel.Urls.Single()["https://".Length..]);

    public SpkiPin Pin => SpkiPin.Of(_certificate);

    public static async Task<BenchNode> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = new RealTime().GetUtcNow();
        var certificate = new CertificateRequest("O=talos", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.UseHttps(certificate);
        }));
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        return new BenchNode(app, certificate);
    }

    public async ValueTask DisposeAsync()
    {
        await _kestrel.DisposeAsync();
        _certificate.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentType = "application/grpc";
        if (context.Request.Path.Value == TalosMethods.Get.Path)
        {
            await context.Response.Body.WriteAsync(s_version);
            context.Response.AppendTrailer("grpc-status", "0");
            return;
        }

        await context.Response.Body.WriteAsync(s_stands);
        await context.Response.Body.WriteAsync(s_status);
        await context.Response.Body.FlushAsync();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gone = context.RequestAborted.Register(over.SetResult);
        await over.Task;
    }

    private static Resource Holding(IMessage spec) => new() { Metadata = new ResourceMetadata { Namespace = "runtime" }, Spec = new ResourceSpec { ProtoSpec = spec.ToByteString() } };
}
