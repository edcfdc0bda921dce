using System.Net;
using System.Text;
using Caphr.Lab.Robot;

namespace Caphr.Simulation.Tests.World;

/// <summary>The way of one process to Robot.</summary>
/// <param name="sending">Hears of each call when it leaves the process.</param>
internal sealed class RobotTransport(LabRobot robot, Wire wire, IPAddress caller, Action<LabRobotCall> sending) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = Encoding.UTF8.GetString(Bodies.Read(request.Content));
        var call = new LabRobotCall(request.Method, request.RequestUri!.PathAndQuery, form, request.Headers.Authorization?.ToString(), caller);
        sending(call);
        return wire.CallAsync(Link.Robot, () => Answer(call), () => Failed(HttpRequestError.ConnectionError), () => Failed(HttpRequestError.ResponseEnded), cancellationToken);
    }

    private Task<HttpResponseMessage> Answer(LabRobotCall call) => robot.Answer(call) switch
    {
        LabRobotAnswer.Told told => Task.FromResult(new HttpResponseMessage((HttpStatusCode)told.Status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(told.Body ?? "")) }),
        // Nobody ever answers; the caller's own patience ends it.
        LabRobotAnswer.Silent => new TaskCompletionSource<HttpResponseMessage>().Task,
        _ => Failed(HttpRequestError.ResponseEnded),
    };

    private static Task<HttpResponseMessage> Failed(HttpRequestError error) => Task.FromException<HttpResponseMessage>(new HttpRequestException(error, "The simulated network carries nothing there."));
}
