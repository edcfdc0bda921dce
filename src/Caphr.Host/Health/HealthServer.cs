using System.Net.Sockets;
using Caphr.Host.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Caphr.Host.Health;

/// <summary>
/// What Kubernetes asks: <c>/livez</c>, whether starting the process anew would help, and <c>/readyz</c>, whether it does its work. Both say why not. A
/// replica that stands by because the database is away is alive: a restart would mend nothing. And what Prometheus asks: <c>/metrics</c>.
/// </summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly int _port;

    /// <param name="isAlive">Whether the actors still take messages.</param>
    public HealthServer(int port, HealthBoard board, PrometheusPage metrics, Func<Task<bool>> isAlive)
    {
        _port = port;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port));
        _web = builder.Build();
        _web.Run(context => context.Request.Path.Value switch
        {
            "/livez" => LiveAsync(context, isAlive),
            "/readyz" => SayAsync(context, board.Troubles),
            "/metrics" => WriteAsync(context, PrometheusPage.ContentType, metrics.Write()),
            _ => SayAsync(context, ["Ask for /livez, /readyz or /metrics."], StatusCodes.Status404NotFound),
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
            return $"Health cannot be told on port {_port}: {refused.Message} Choose another one with --health-port.";
        }
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static async Task LiveAsync(HttpContext context, Func<Task<bool>> isAlive) =>
        await SayAsync(context, await isAlive() ? [] : ["The actors do not take messages any more."]);

    private static Task SayAsync(HttpContext context, IReadOnlyList<string> troubles, int inTrouble = StatusCodes.Status503ServiceUnavailable)
    {
        context.Response.StatusCode = troubles.Count == 0 ? StatusCodes.Status200OK : inTrouble;
        return WriteAsync(context, "text/plain; charset=utf-8", troubles.Count == 0 ? "ok\n" : string.Concat(troubles.Select(trouble => trouble + "\n")));
    }

    private static Task WriteAsync(HttpContext context, string contentType, string text)
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text);
    }
}
