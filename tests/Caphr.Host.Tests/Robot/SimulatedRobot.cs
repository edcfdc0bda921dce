using System.Net;
using System.Text;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Tests.Robot;

/// <summary>Robot's counters and its gate, on a clock that a test moves. It answers at once, on the thread that asks.</summary>
internal sealed class SimulatedRobot(TimeProvider clock) : HttpMessageHandler
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _used = [];

    public string Password { get; set; } = "correct";

    /// <summary>Takes the place of the usual answer where it gives one.</summary>
    public Func<string, (int Status, string? Body)?> Instead { get; set; } = _ => null;

    /// <summary>Every request, such as <c>GET /server</c>, with its status.</summary>
    public List<(string Line, int Status, DateTimeOffset At)> Seen { get; } = [];

    public int Count(string line)
    {
        lock (_gate) return Seen.Count(request => request.Line == line);
    }

    public RobotClient Client(RobotCredentials credentials) => new(new RobotClientOptions(), credentials, clock, new Borrowed(this));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var path = request.RequestUri!.AbsolutePath;
            var line = $"{request.Method} {path}";
            var (status, body) = Instead(line) ?? Answer(request, path);
            Seen.Add((line, status, clock.GetUtcNow()));
            return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body ?? "")) });
        }
    }

    private (int Status, string? Body) Answer(HttpRequestMessage request, string path)
    {
        var login = Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization!.Parameter!));
        if (login.Split(':', 2)[1] != Password) return (401, """{"error":{"status":401,"code":"UNAUTHORIZED","message":"Unauthorized"}}""");

        var quota = RobotQuota.Of(request.Method, path);
        if (!_used.TryGetValue(quota.Name, out var used)) _used[quota.Name] = used = [];
        while (used.TryPeek(out var oldest) && oldest + s_hour <= clock.GetUtcNow()) used.Dequeue();
        if (used.Count >= quota.PerHour)
        {
            return (403, $$"""{"error":{"status":403,"code":"RATE_LIMIT_EXCEEDED","message":"rate limit exceeded","interval":3600,"max_request":{{quota.PerHour}}} }""");
        }

        used.Enqueue(clock.GetUtcNow());
        return Answer(request.Method, path.Split('/'));
    }

    private static (int Status, string? Body) Answer(HttpMethod method, string[] path) => (method.Method, path) switch
    {
        ("GET", ["", "server"]) => (200, $"[{string.Join(',', Enumerable.Range(1, 100).Select(number => $$"""{"server":{"server_number":{{number}},"server_ip":"10.0.0.{{number}}"} }"""))}]"),
        ("GET", ["", "ip", var ip]) => (200, $$"""{"ip":{"ip":"{{ip}}","gateway":"10.0.0.254","mask":24} }"""),
        ("GET", ["", "key", var fingerprint]) => (200, $$"""{"key":{"name":"k","fingerprint":"{{fingerprint}}"} }"""),
        ("GET", ["", "reset", var number]) => (200, $$"""{"reset":{"server_number":{{number}},"type":["sw","hw"]} }"""),
        ("POST", ["", "reset", _]) => (200, """{"reset":{"type":"hw"}}"""),
        ("POST", ["", "boot", var number, "rescue"]) => (200, $$"""{"rescue":{"server_number":{{number}},"active":true} }"""),
        (_, ["", "boot", var number, "rescue"]) => (200, $$"""{"rescue":{"server_number":{{number}},"active":false} }"""),
        _ => (404, """{"error":{"status":404,"code":"NOT_FOUND","message":"not found"}}"""),
    };

    // A client that ends must not end the Robot that others use.
    private sealed class Borrowed(SimulatedRobot robot) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => robot.SendAsync(request, cancellationToken);
    }
}
