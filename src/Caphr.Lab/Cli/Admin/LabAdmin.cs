using System.Globalization;
using System.Text;
using Caphr.Lab.World.Deeds;
using Caphr.Lab.World.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caphr.Lab.Cli.Admin;

/// <summary>
/// The door by which other commands reach a Lab that runs: HTTP at a socket in its workplace, which its owner alone can enter.
/// </summary>
internal sealed class LabAdmin : IAsyncDisposable
{
    private readonly Datacenter _lab;
    private readonly string _kubeconfig;
    private readonly WebApplication _app;

    public LabAdmin(Datacenter lab, string socket, string kubeconfig)
    {
        _lab = lab;
        _kubeconfig = kubeconfig;
        _app = LabWeb.Build(socket);
        _app.MapGet("/status", context => context.Response.WriteAsJsonAsync(LabView.Of(_lab, _kubeconfig), AdminJson.Default.LabView));
        _app.MapGet("/servers", context => context.Response.WriteAsJsonAsync([.. _lab.World.Servers.Select(ServerView.Of)], AdminJson.Default.IReadOnlyListServerView));
        _app.MapGet("/servers/{number}", ShowServerAsync);
        _app.MapGet("/recording", context => context.Response.WriteAsync(string.Concat(Recording.Of(_lab.World).Write().Select(line => line + "\n"))));
        _app.MapPost("/faults", PlanAsync);
    }

    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task ShowServerAsync(HttpContext context) =>
        int.TryParse(context.GetRouteValue("number")?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && _lab.World.Find(number) is { } server
            ? context.Response.WriteAsJsonAsync(ServerView.Of(server), AdminJson.Default.ServerView)
            : ComplainAsync(context, new LabFailure($"There is no server {context.GetRouteValue("number")}."));

    /// <summary>All lines or none: a script with a mistake in it breaks nothing.</summary>
    private async Task PlanAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body, Encoding.UTF8);
        var lines = FaultLines.Read(await body.ReadToEndAsync(context.RequestAborted));
        if (!lines.TryGet(out var deeds, out var mistake))
        {
            await ComplainAsync(context, mistake);
            return;
        }

        foreach (var deed in deeds)
        {
            if (deed(_lab.World.Faults) is not { } failure) continue;
            await ComplainAsync(context, failure);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task ComplainAsync(HttpContext context, LabFailure failure)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsJsonAsync(new Complaint(failure.Sentence), AdminJson.Default.Complaint);
    }
}
