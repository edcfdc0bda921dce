using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Cosi;

namespace Caphr.Benchmarks.Talos;

/// <summary>
/// The Talos client against what it is made of: the same bytes to the same node, posted over HTTP/2 and not understood.
/// </summary>
internal static class TalosContests
{
    private const int Calls = 4_000;
    private const int InFlight = 16;
    private const string MemoryName = "Talos, memory of each of 3,000 watched nodes, against a held HTTP/2 answer";

    private static readonly GetRequest s_question = new() { Namespace = "runtime", Type = TalosResource.Version.Type, Id = "version" };

    public static async Task RunAsync(Report report)
    {
        await using var node = await BenchNode.StartAsync();
        await report.CompareAsync("Talos, unary calls, against a raw HTTP/2 POST of the same bytes", Calls, () => OursAsync(node), () => PlainAsync(node));
        if (report.IsLeftOut(MemoryName)) return;
        var ours = await Watchers.MeasureAsync(Watchers.Ours, node);
        var plain = await Watchers.MeasureAsync(Watchers.Plain, node);
        await report.TellMemoryAsync(MemoryName, ours, plain);
    }

    private static async Task<Contestant> OursAsync(BenchNode node)
    {
        var client = TalosClient.InMaintenance(node.Address, node.Pin, new RealTime());
        await client.ReadVersionAsync(CancellationToken.None);
        return new Contestant(() => ManyAsync(async () => _ = (await client.ReadVersionAsync(CancellationToken.None)).Value), new Owned(client));
    }

    private static async Task<Contestant> PlainAsync(BenchNode node)
    {
        var http = Plain();
        await PostAsync();
        return new Contestant(() => ManyAsync(PostAsync), new Owned(http));

        async Task PostAsync()
        {
            using var answer = await http.SendAsync(Post(node.Address, TalosMethods.Get.Path, GrpcFraming.Encode(s_question)), CancellationToken.None);
            await answer.Content.ReadAsByteArrayAsync();
        }
    }

    public static HttpMessageInvoker Plain() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, peer, _, _) => peer is not null },
        MaxConnectionsPerServer = 1,
        UseProxy = false,
        UseCookies = false,
    });

    public static HttpRequestMessage Post(IPEndPoint node, string path, byte[] body)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(string.Create(CultureInfo.InvariantCulture, $"https://{node}{path}")))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc+proto") } },
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return message;
    }

    private static Task ManyAsync(Func<Task> call) => Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
    {
        for (var i = 0; i < Calls / InFlight; i++) await call();
    })));

    private sealed class Owned(IDisposable owned) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            owned.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
