using Caphr.Host.Diagnostics;
using Caphr.Protocols.Tests.Kubernetes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caphr.Host.Tests.Diagnostics;

/// <summary>What Kubernetes answers about somebody, and what is made of it. That a real one answers so, the end-to-end tests ask of the Lab.</summary>
public sealed class DiagnosticsGateTests
{
    private const string Jane = """{"status":{"authenticated":true,"audiences":["caphr"],"user":{"username":"jane","uid":"7","groups":["ops"],"extra":{"scopes":["view"]}}}}""";

    private const string Yes = """{"status":{"allowed":true}}""";

    [Theory]
    [InlineData(Jane, Yes, null)]
    [InlineData(Jane, """{"status":{"allowed":false}}""", DiagnosticsError.NotAllowed)]
    [InlineData(Jane, """{"status":{"allowed":true,"denied":true}}""", DiagnosticsError.NotAllowed)]
    [InlineData("""{"status":{"user":{}}}""", Yes, DiagnosticsError.Unauthenticated)]
    [InlineData("""{"status":{"authenticated":true,"user":{"username":"jane"}}}""", Yes, DiagnosticsError.Unauthenticated)]
    [InlineData("""{"status":{"authenticated":true,"audiences":["vault"],"user":{"username":"jane"}}}""", Yes, DiagnosticsError.Unauthenticated)]
    [InlineData("no JSON", Yes, DiagnosticsError.Unavailable)]
    [InlineData(Jane, "no JSON", DiagnosticsError.Unavailable)]
    internal async Task Only_a_known_token_made_for_us_whose_holder_is_allowed_opens_the_gate(string token, string access, DiagnosticsError? expected)
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context => Answer(context, token, access));
        using var kubernetes = server.Client();
        using var gate = new DiagnosticsGate(kubernetes, DeskUnderTest.Clock, NullLogger<DiagnosticsGate>.Instance);

        Assert.Equal(expected, (await gate.CheckAsync("Bearer of-jane", "/caphr/servers", CancellationToken.None))?.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Basic amFuZTpzZWNyZXQ=")]
    public async Task Kubernetes_is_not_asked_about_what_is_no_token(string authorization)
    {
        await using var server = await ApiServerDouble.StartAsync();
        using var kubernetes = server.Client();
        using var gate = new DiagnosticsGate(kubernetes, DeskUnderTest.Clock, NullLogger<DiagnosticsGate>.Instance);

        Assert.Equal(DiagnosticsError.Unauthenticated, (await gate.CheckAsync(authorization, "/caphr/servers", CancellationToken.None))?.Error);
        Assert.Equal(DiagnosticsError.Unauthenticated, (await gate.CheckAsync($"Bearer {new string('x', 20_000)}", "/caphr/servers", CancellationToken.None))?.Error);
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task An_answer_counts_for_a_moment_and_for_that_path_only_and_tells_all_that_is_known_of_the_user()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context => Answer(context, Jane, Yes));
        using var kubernetes = server.Client();
        var clock = new ManualClock();
        using var gate = new DiagnosticsGate(kubernetes, clock, NullLogger<DiagnosticsGate>.Instance);

        for (var i = 0; i < 3; i++) Assert.Null(await gate.CheckAsync("Bearer of-jane", "/caphr/servers", CancellationToken.None));
        Assert.Equal(["POST /apis/authentication.k8s.io/v1/tokenreviews", "POST /apis/authorization.k8s.io/v1/subjectaccessreviews"], server.Seen.Select(seen => seen.Line));
        foreach (var known in new[] { "\"user\":\"jane\"", "\"uid\":\"7\"", "\"groups\":[\"ops\"]", "\"extra\":{\"scopes\":[\"view\"]}", "\"path\":\"/caphr/servers\"", "\"verb\":\"get\"" })
            Assert.Contains(known, server.Seen[1].Body, StringComparison.Ordinal);

        Assert.Null(await gate.CheckAsync("Bearer of-jane", "/caphr/journal", CancellationToken.None));
        Assert.Equal(4, server.Seen.Count);
        clock.Pass(TimeSpan.FromSeconds(11));
        Assert.Null(await gate.CheckAsync("Bearer of-jane", "/caphr/servers", CancellationToken.None));
        Assert.Equal(6, server.Seen.Count);
    }

    private static Task Answer(HttpContext context, string token, string access) =>
        ApiServerDouble.Reply(context, 201, context.Request.Path.Value!.EndsWith("tokenreviews", StringComparison.Ordinal) ? token : access);

    /// <summary>Only what is measured with it stands still: the calls to the double keep real time.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private TimeSpan _passed = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _passed.Ticks;

        public void Pass(TimeSpan time) => _passed += time;
    }
}
