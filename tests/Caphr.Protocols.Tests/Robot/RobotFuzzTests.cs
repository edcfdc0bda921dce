using System.Net;
using System.Text;
using Caphr.Protocols.Robot;

namespace Caphr.Protocols.Tests.Robot;

/// <summary>Whatever Robot, or something in its place, answers: every call ends in a value or in a named error.</summary>
public sealed class RobotFuzzTests
{
    private const int RoundsPerBody = 60;

    private static readonly string[] s_bodies =
    [
        """[{"server":{"server_ip":"5.9.1.2","server_ipv6_net":"2a01:4f8:1:2::","server_number":7,"server_name":"n","product":"AX","dc":"FSN1-DC1","status":"ready","cancelled":false,"ip":["5.9.1.2"],"subnet":[{"ip":"2a01:4f8:1:2::","mask":"64"}]}}]""",
        """{"server":{"server_number":7,"server_ip":null,"ip":null,"subnet":null,"status":"in process"}}""",
        """{"ip":{"ip":"5.9.1.2","gateway":"5.9.1.1","mask":26,"server_number":7}}""",
        """[{"subnet":{"ip":"2a01:4f8:1:2::","mask":64,"gateway":"fe80::1","server_number":7}}]""",
        """{"reset":{"server_number":7,"type":["sw","hw"],"operating_status":"shut off"}}""",
        """{"rescue":{"server_number":7,"os":["linux"],"active":true,"password":"hunter2","authorized_key":[{"key":{"fingerprint":"aa"}}],"host_key":[{"key":{"fingerprint":"bb","type":"ED25519"}}]}}""",
        """{"key":{"name":"k","fingerprint":"aa:bb","type":"RSA","size":2048,"created_at":"2026-01-01 00:00:00"}}""",
        """{"id":1,"name":"n","vlan":4000,"cancelled":false,"server":[{"server_number":7,"status":"processing"}]}""",
        """{"firewall":{"status":"active","whitelist_hos":true,"rules":{"input":{"0":{"action":"accept","dst_port":"22"}},"output":[]}}}""",
        """{"error":{"status":403,"code":"RATE_LIMIT_EXCEEDED","message":"m","interval":3600,"max_request":200}}""",
        """{"error":{"status":400,"code":"INVALID_INPUT","message":"m","missing":["a"],"invalid":null}}""",
    ];

    private static readonly string[] s_values = ["null", "[]", "{}", "\"\"", "-1", "1e999", "99999999999999999999", "\"\\ud800\"", "true", "[[[]]]", "{\"key\":{\"key\":1}}", "\"\\u0000\""];

    [Theory]
    [InlineData(1)]
    [InlineData(20260301)]
    public async Task Every_mutation_of_every_answer_ends_in_a_value_or_a_named_error(int seed)
    {
        var random = new Random(seed);
        var (cases, failures) = (0, 0);
        foreach (var body in s_bodies)
        {
            for (var round = 0; round < RoundsPerBody; round++)
            {
                var mutated = Mutate(Encoding.UTF8.GetBytes(body), random);
                var status = random.GetItems([200, 200, 200, 201, 400, 401, 403, 404, 409, 500, 503, 418, 302], 1)[0];
                foreach (var failure in await AskEverything(status, mutated))
                {
                    cases++;
                    if (failure is null) continue;
                    failures++;
                    Assert.True(Enum.IsDefined(failure.Error));
                    Assert.InRange(failure.ToString().Length, 1, 1000);
                    Assert.DoesNotContain("correct-horse", failure.ToString(), StringComparison.Ordinal);
                    _ = failure.Retry;
                }
            }
        }

        Assert.True(cases > 5000, $"{cases} cases");
        Assert.InRange(failures, cases / 2, cases - 1);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"server\":")]
    public async Task A_body_nested_deeper_than_any_answer_is_garbled(string nesting)
    {
        using var robot = RecordedRobot.Answering(200, string.Concat(Enumerable.Repeat(nesting, 100_000)));

        Assert.Equal(RobotError.Garbled, (await robot.ListServers(default)).Failure?.Error);
    }

    [Fact]
    public async Task A_body_of_the_wrong_type_of_content_is_read_by_what_it_says()
    {
        using var recorded = new RecordedRobot(200, """[{"server":{"server_number":7}}]""", "text/html");
        using var robot = recorded.Client();

        Assert.Equal(7, Assert.Single((await robot.ListServers(default)).Value).Number);
    }

    private static async Task<IReadOnlyList<RobotFailure?>> AskEverything(int status, byte[] body)
    {
        using var robot = new RobotClient(new RobotClientOptions(), RecordedRobot.Credentials, new WallClock(), new Bytes(status, body));
        var address = IPAddress.Parse("5.9.1.2");
        return
        [
            (await robot.ListServers(default)).Failure,
            (await robot.GetServer(7, default)).Failure,
            (await robot.GetIp(address, default)).Failure,
            (await robot.ListSubnets(default)).Failure,
            (await robot.GetReset(7, default)).Failure,
            (await robot.Reset(7, ResetType.Hardware, default)).Failure,
            (await robot.GetRescue(7, default)).Failure,
            (await robot.ActivateRescue(7, ["aa"], default)).Failure,
            (await robot.FindKey("aa", default)).Failure,
            (await robot.GetVSwitch(1, default)).Failure,
            (await robot.ListVSwitches(default)).Failure,
            (await robot.GetFirewall(7, default)).Failure,
            (await robot.FindRdns(address, default)).Failure,
            (await robot.GetFailover(address, default)).Failure,
        ];
    }

    private static byte[] Mutate(byte[] body, Random random) => random.Next(6) switch
    {
        0 => body[..random.Next(body.Length)],
        1 => Flip(body, random),
        2 => Encoding.UTF8.GetBytes(ReplaceValue(Encoding.UTF8.GetString(body), random)),
        3 => [.. body, .. body],
        4 => [.. body[..random.Next(body.Length)], .. body[random.Next(body.Length)..]],
        _ => Encoding.UTF8.GetBytes(ReplaceValue(ReplaceValue(Encoding.UTF8.GetString(body), random), random)),
    };

    private static byte[] Flip(byte[] body, Random random)
    {
        var flipped = (byte[])body.Clone();
        for (var i = 0; i < 3; i++) flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
        return flipped;
    }

    /// <summary>Something else behind one of the colons.</summary>
    private static string ReplaceValue(string body, Random random)
    {
        var colons = Enumerable.Range(0, body.Length).Where(index => body[index] == ':' && index > 0 && body[index - 1] == '"').ToArray();
        if (colons.Length == 0) return body;
        var colon = random.GetItems(colons, 1)[0];
        var end = body.IndexOfAny([',', '}', ']'], colon);
        return end < 0 ? body : $"{body[..(colon + 1)]}{random.GetItems(s_values, 1)[0]}{body[end..]}";
    }

    private sealed class Bytes(int status, byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) });
    }
}
