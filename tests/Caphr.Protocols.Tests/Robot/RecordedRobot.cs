using System.Net;
using System.Text;
using Caphr.Protocols.Robot;

namespace Caphr.Protocols.Tests.Robot;

/// <summary>Answers every request with one recorded exchange and keeps what was asked.</summary>
internal sealed class RecordedRobot(int status, string? body, string contentType = "application/json") : HttpMessageHandler
{
    public List<(string Line, string? Form, string? Authorization)> Asked { get; } = [];

    public static readonly RobotCredentials Credentials = new("#ws+Ab12", "correct-horse");

    public static RobotClient Answering(int status, string? body = null) => new RecordedRobot(status, body).Client();

    public RobotClient Client() => new(new RobotClientOptions(), Credentials, new WallClock(), this);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        Asked.Add(($"{request.Method} {request.RequestUri!.AbsolutePath}", form, request.Headers.Authorization?.ToString()));
        var response = new HttpResponseMessage((HttpStatusCode)status);
        if (body is not null) response.Content = new StringContent(body, Encoding.UTF8, contentType);
        return response;
    }
}

/// <summary>The real clock, for tests that wait on real sockets.</summary>
internal sealed class WallClock : TimeProvider;
