using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Caphr.Benchmarks.Kubernetes;

/// <summary>Answers lists of hosts with pages made beforehand, and watches with silence, so that nearly all the time measured is the reader's.</summary>
internal sealed class CannedHosts : IAsyncDisposable
{
    public const int Count = 10_000;

    private const int PageSize = 500;

    private readonly WebApplication _web;

    private CannedHosts(WebApplication web) => _web = web;

    public static IReadOnlyList<string> Texts { get; } = [.. Enumerable.Range(0, Count).Select(Text)];

    private static IReadOnlyList<byte[]> Pages { get; } = [.. Texts.Chunk(PageSize).Select(Page)];

    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<CannedHosts> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var web = builder.Build();
        web.Run(AnswerAsync);
        await web.StartAsync();
        return new CannedHosts(web);
    }

    /// <summary>Page by page, as the informer does it.</summary>
    public async Task ReadAllAsync(Func<Stream, Task> read)
    {
        using var http = new HttpClient { BaseAddress = Address };
        for (var page = 0; page < Pages.Count; page++)
        {
            using var answer = await http.GetAsync(new Uri($"/?limit={PageSize}&continue={page}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            await using var body = await answer.Content.ReadAsStreamAsync();
            await read(body);
        }
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (context.Request.Query["watch"] == "true")
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return;
        }

        var page = int.TryParse(context.Request.Query["continue"], CultureInfo.InvariantCulture, out var asked) ? asked : 0;
        await context.Response.Body.WriteAsync(Pages[page]);
    }

    private static byte[] Page(string[] texts, int index) => Encoding.UTF8.GetBytes(
        $$$"""{"kind":"HetznerRobotHostList","apiVersion":"{{{HetznerRobotHost.Resource.ApiVersion}}}","metadata":{"resourceVersion":"900000","continue":"{{{(index + 1 < Count / PageSize ? index + 1 : "")}}}"},"items":[{{{string.Join(',', texts)}}}]}""");

    /// <summary>A host in use as an API server stores it: the managedFields, which we do not keep, are half of it.</summary>
    private static string Text(int index)
    {
        var host = KubernetesJson.ToNode(new HetznerRobotHost
        {
            Metadata = new ObjectMeta
            {
                Name = $"server-{index}",
                Namespace = "fleet",
                Uid = $"9f0c1b1e-0000-4000-8000-{index:x12}",
                ResourceVersion = $"{100_000 + index}",
                Generation = 3,
                CreationTimestamp = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
                Finalizers = ["infrastructure.cluster.x-k8s.io/hetznerrobothost"],
                Labels = new Dictionary<string, string> { ["rack"] = $"r{index % 40}", ["cluster.x-k8s.io/cluster-name"] = "fleet" },
            },
            Spec = new HetznerRobotHostSpec
            {
                ServerID = 2_000_000 + index,
                ConsumerRef = new ConsumerReference { Kind = "HetznerRobotMachine", Name = $"worker-{index}", Namespace = "fleet", Uid = $"9f0c1b1e-1111-4000-8000-{index:x12}" },
            },
            Status = new HetznerRobotHostStatus
            {
                Conditions =
                [
                    .. new[] { "Available", "Healthy", "Ready" }.Select(type => new Condition
                    {
                        Type = type,
                        Status = "True",
                        Reason = "InUse",
                        Message = "The server works for its machine.",
                        ObservedGeneration = 3,
                        LastTransitionTime = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
                    }),
                ],
            },
        });
        host["metadata"]!["managedFields"] = new JsonArray(Managed("kubectl-client-side-apply", "f:spec"), Managed("caphr", "f:status"));
        return host.ToJsonString();
    }

    private static JsonObject Managed(string manager, string root) => new()
    {
        ["manager"] = manager,
        ["operation"] = "Update",
        ["apiVersion"] = HetznerRobotHost.Resource.ApiVersion,
        ["time"] = "2026-03-01T12:00:00Z",
        ["fieldsType"] = "FieldsV1",
        ["fieldsV1"] = new JsonObject
        {
            [root] = new JsonObject(Enumerable.Range(0, 12).Select(field => KeyValuePair.Create<string, JsonNode?>($"f:field{field}", new JsonObject { ["."] = new JsonObject() }))),
        },
    };
}
