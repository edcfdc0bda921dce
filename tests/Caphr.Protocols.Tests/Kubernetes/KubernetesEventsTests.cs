using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class KubernetesEventsTests : IAsyncLifetime
{
    private static readonly ObjectReference Node6 = ObjectReference.To(new HetznerRobotHost
    {
        Metadata = new ObjectMeta { Name = "node6", Namespace = "fleet", Uid = "u6" },
    });

    private readonly ManualTime _time = new();
    private ApiServerDouble _server = null!;
    private KubernetesClient _client = null!;
    private KubernetesEvents _events = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServerDouble.StartAsync();
        _server.Answers(200, "{}");
        _client = _server.Client(_time);
        _events = new KubernetesEvents(_client, "caphr", "pod-1", _time, new Random(1));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_first_event_names_its_object_so_that_describe_finds_it()
    {
        await _events.NormalAsync(Node6, "RescueOrdered", "The rescue system boots next.", default);

        var seen = Assert.Single(_server.Seen);
        var body = JsonNode.Parse(seen.Body)!;
        Assert.Equal("POST /api/v1/namespaces/fleet/events", seen.Line);
        Assert.Equal(("HetznerRobotHost", "node6", "fleet", "u6"), ((string?)body["involvedObject"]!["kind"], (string?)body["involvedObject"]!["name"], (string?)body["involvedObject"]!["namespace"], (string?)body["involvedObject"]!["uid"]));
        Assert.Equal(("Normal", "RescueOrdered", 1, "2026-03-01T12:00:00Z"), ((string?)body["type"], (string?)body["reason"], (int)body["count"]!, (string?)body["lastTimestamp"]));
        Assert.StartsWith("node6.", (string?)body["metadata"]!["name"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_thing_said_again_raises_the_count_of_the_first()
    {
        await _events.WarningAsync(Node6, "ResetFailed", "Robot said no.", default);
        _time.Advance(TimeSpan.FromMinutes(3));
        await _events.WarningAsync(Node6, "ResetFailed", "Robot said no.", default);
        await _events.WarningAsync(Node6, "ResetFailed", "Robot said something else.", default);

        Assert.Equal(["POST", "PATCH", "POST"], _server.Seen.Select(seen => seen.Line.Split(' ')[0]));
        Assert.Equal("""{"count":2,"lastTimestamp":"2026-03-01T12:03:00Z"}""", _server.Seen[1].Body);
        Assert.EndsWith((string)JsonNode.Parse(_server.Seen[0].Body)!["metadata"]!["name"]!, _server.Seen[1].Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_expired_is_written_anew()
    {
        await _events.NormalAsync(Node6, "Claimed", "By worker-1.", default);
        _server.Answers(context => context.Request.Method == "PATCH"
            ? ApiServerDouble.Reply(context, 404, ApiServerDouble.Refusal("NotFound", "gone"))
            : ApiServerDouble.Reply(context, 201, "{}"));

        Assert.True((await _events.NormalAsync(Node6, "Claimed", "By worker-1.", default)).Succeeded);
        Assert.Equal(["POST", "PATCH", "POST"], _server.Seen.Select(seen => seen.Line.Split(' ')[0]));
    }

    [Fact]
    public async Task A_refused_event_is_a_failure_and_is_not_counted()
    {
        _server.Answers(500, "");
        Assert.Equal(KubernetesError.ServerError, (await _events.NormalAsync(Node6, "Claimed", "By worker-1.", default)).Failure!.Error);
        _server.Answers(200, "{}");
        await _events.NormalAsync(Node6, "Claimed", "By worker-1.", default);
        Assert.All(_server.Seen, seen => Assert.StartsWith("POST", seen.Line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_that_does_not_stop_talking_is_cut_short_and_others_are_not()
    {
        for (var index = 0; index < 100; index++) await _events.NormalAsync(Node6, "Turning", $"Round {index}.", default);
        Assert.Equal(25, _server.Seen.Count);
        Assert.Equal(75, _events.CutShort);

        await _events.NormalAsync(Node6 with { Name = "node7", Uid = "u7" }, "Turning", "Round 1.", default);
        Assert.Equal(26, _server.Seen.Count);
        _time.Advance(TimeSpan.FromMinutes(5));
        await _events.NormalAsync(Node6, "Turning", "Round 101.", default);
        await _events.NormalAsync(Node6, "Turning", "Round 102.", default);
        Assert.Equal(27, _server.Seen.Count);
    }
}
