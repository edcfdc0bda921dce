using System.Net;
using System.Text.Json.Nodes;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>The last look before a claim: the news that it was decided on may be minutes old.</summary>
public sealed class ClaimantTests : IDisposable
{
    private static readonly ObjectKey s_machine = new("demo", "worker-1");

    private readonly ApiServer _api = new();
    private readonly KubernetesConnection _connection;
    private readonly KubernetesClient _kubernetes;

    public ClaimantTests()
    {
        _connection = new KubernetesConnection { Server = new Uri("http://api.example"), Transport = () => _api };
        _kubernetes = new KubernetesClient(_connection, new VirtualClock(Objects.Now));
    }

    [Theory]
    [InlineData("uid-1", null, true)]
    [InlineData("uid-2", null, false)]
    [InlineData("uid-1", "2026-11-22T12:00:00Z", false)]
    [InlineData(null, null, false)]
    public async Task A_server_is_claimed_only_for_a_machine_that_is_still_there_and_still_the_same(string? owner, string? deleted, bool claimed)
    {
        _api.Machine = owner is null ? null : Machine(owner, deleted);

        var written = await Claim().CarryOutAsync(_kubernetes, CancellationToken.None);

        Assert.Equal(claimed, written.Succeeded);
        Assert.Equal(claimed ? 1 : 0, _api.Patches);
        if (!claimed) Assert.Equal(KubernetesError.Gone, written.Failure!.Error);
    }

    [Fact]
    public async Task Whoever_cannot_look_claims_nothing()
    {
        _api.IsAway = true;

        var written = await Claim().CarryOutAsync(_kubernetes, CancellationToken.None);

        Assert.Equal(KubernetesError.ServerError, written.Failure!.Error);
        Assert.Equal(0, _api.Patches);
    }

    public void Dispose()
    {
        _kubernetes.Dispose();
        _connection.Dispose();
        _api.Dispose();
    }

    private static Write.Of<HetznerRobotHost> Claim() =>
        new(new HetznerRobotHost { Metadata = new ObjectMeta { Namespace = "demo", Name = "server-1", ResourceVersion = "7" } }, new JsonObject(), Status: false, "claim")
        {
            Claimant = new Claimant(s_machine, new ClaimId("uid-1")),
        };

    private static JsonObject Machine(string owner, string? deleted) => new()
    {
        ["apiVersion"] = "infrastructure.cluster.x-k8s.io/v1alpha1",
        ["kind"] = "HetznerRobotMachine",
        ["metadata"] = new JsonObject
        {
            ["name"] = s_machine.Name,
            ["namespace"] = s_machine.Namespace,
            ["deletionTimestamp"] = deleted,
            ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "cluster.x-k8s.io/v1beta2", ["kind"] = "Machine", ["name"] = s_machine.Name, ["uid"] = owner, ["controller"] = true }),
        },
        ["spec"] = new JsonObject(),
    };

    private sealed class ApiServer : HttpMessageHandler
    {
        public JsonObject? Machine { get; set; }

        public bool IsAway { get; set; }

        public int Patches { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (IsAway) return Answer(HttpStatusCode.InternalServerError, new JsonObject());
            if (request.Method == HttpMethod.Get) return Machine is { } machine ? Answer(HttpStatusCode.OK, machine) : Answer(HttpStatusCode.NotFound, new JsonObject { ["kind"] = "Status", ["reason"] = "NotFound", ["code"] = 404 });
            Patches++;
            return Answer(HttpStatusCode.OK, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "server-1", ["namespace"] = "demo", ["resourceVersion"] = "8" }, ["spec"] = new JsonObject { ["serverID"] = 1 } });
        }

        private static Task<HttpResponseMessage> Answer(HttpStatusCode status, JsonObject body) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json") });
    }
}
