using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Caphr.Lab.Robot;

/// <summary>Robot at a loopback address.</summary>
internal sealed class RobotHttp : IAsyncDisposable
{
    private readonly LabRobot _robot;
    private readonly TimeProvider _clock;
    private readonly WebApplication _app;

    public RobotHttp(LabRobot robot, LabRobotOptions options, TimeProvider clock)
    {
        _robot = robot;
        _clock = clock;
        _app = LabWeb.Build(options.Address, options.Port);
        _app.Run(ServeAsync);
    }

    public Uri BaseAddress => LabWeb.AddressOf(_app);

    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        switch (_robot.Answer(await ReadAsync(context)))
        {
            case LabRobotAnswer.Told(var status, var body):
                context.Response.StatusCode = status;
                if (body is null) return;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(body, context.RequestAborted);
                return;
            case LabRobotAnswer.Silent:
                await SilenceAsync(context);
                return;
            default:
                context.Abort();
                return;
        }
    }

    private static async Task<LabRobotCall> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new StreamReader(request.Body, Encoding.UTF8);
        var form = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true ? await body.ReadToEndAsync(context.RequestAborted) : "";
        return new LabRobotCall(HttpMethod.Parse(request.Method), request.GetEncodedPathAndQuery(), form, request.Headers.Authorization, context.Connection.RemoteIpAddress ?? IPAddress.None);
    }

    private async Task SilenceAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller has given up, or the Lab ends.
        }
    }
}
