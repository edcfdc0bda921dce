using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Caphr.Protocols.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caphr.Protocols.Tests.Kubernetes;

/// <summary>An HTTP server on loopback that answers as a test tells it to, and remembers what it was asked.</summary>
internal sealed class ApiServerDouble : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _seen = [];
    private volatile Func<HttpContext, Task> _answer = context => Reply(context, 404, Refusal("NotFound", "nothing here"));

    private ApiServerDouble(WebApplication app) => _app = app;

    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<ApiServerDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        // A watch that is still open shall not hold up the end of a test.
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        var server = new ApiServerDouble(builder.Build());
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync();
        return server;
    }

    public void Answers(Func<HttpContext, Task> answer) => _answer = answer;

    public void Answers(int status, string body) => _answer = context => Reply(context, status, body);

    public KubernetesClient Client(TimeProvider? time = null, KubernetesClientOptions? options = null) =>
        new(new KubernetesConnection { Server = Address }, time ?? new RealTime(), options);

    public static string Refusal(string reason, string message, string details = "{}") =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","message":"{{message}}","details":{{details}}}""";

    public static async Task Reply(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        _seen.Enqueue(new SeenRequest(
            $"{context.Request.Method} {context.Request.Path}",
            context.Request.Query.ToDictionary(entry => entry.Key, entry => entry.Value.ToString()),
            context.Request.ContentType,
            context.Request.Headers.Authorization.ToString(),
            body));
        await _answer(context);
    }
}

internal sealed record SeenRequest(string Line, IReadOnlyDictionary<string, string> Query, string? ContentType, string Authorization, string Body);
