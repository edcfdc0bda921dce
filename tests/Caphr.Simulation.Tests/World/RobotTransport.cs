using System.Net;
using System.Text;
using Caphr.Lab.Robot;

namespace Caphr.Simulation.Tests.World;

/// <summary>The way of one process to Robot.</summary>
/// <param name="sending">Hears of each call when it leaves the process.</param>
/// <param name="rejected">Hears of each whose login Robot has refused, when that has arrived in the process.</param>
internal sealed class RobotTransport(LabRobot robot, Wire wire, IPAddress caller, Action<LabRobotCall> sending, Action<LabRobotCall> rejected) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = Encoding.UTF8.GetString(Bodies.Read(request.Content));
        var call = new LabRobotCall(request.Method, request.RequestUri!.PathAndQuery, form, request.Headers.Authorization?.ToString(), caller);
        sending(call);
        var answer = wire.CallAsync(Link.Robot, () => Answer(call), () => Failed(HttpRequestError.ConnectionError), () => Failed(HttpRequestError.ResponseEnded), cancellationToken);
        // In the very step that brings it: whoever waits for it must not be led away from the simulation's thread.
        answer.ContinueWith(
            arrived =>
            {
                if (arrived.Result.StatusCode == HttpStatusCode.Unauthorized) rejected(call);
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return answer;
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
