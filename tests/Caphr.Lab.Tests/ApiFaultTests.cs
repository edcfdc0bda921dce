using System.Net;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.Tests.Rescue;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Tests;

/// <summary>The Kubernetes API, broken by the same words as everything else.</summary>
public sealed class ApiFaultTests : IAsyncLifetime
{
    private readonly LabWorld _world = new(new WorldOptions { Servers = 0 }, Clock.Real);
    private readonly LabKubernetes _kubernetes = new(new LabKubernetesOptions { Clock = Clock.Real });
    private readonly HttpClient _http = new();

    public async Task InitializeAsync()
    {
        _world.Faults.Register(new DatacenterApiFaults(_kubernetes));
        await _kubernetes.StartAsync();
        _http.BaseAddress = _kubernetes.BaseAddress;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _kubernetes.DisposeAsync();
    }

    [Fact]
    public async Task A_partition_lasts_until_it_is_healed()
    {
        Plan("api partition");
        Assert.Equal([new LabFault.OfApi(ApiFault.Partition)], _world.Faults.Standing);
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync());

        Assert.Null(_world.Faults.Heal(new LabFault.OfApi(ApiFault.Partition)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        Assert.Empty(_world.Faults.Standing);
    }

    [Theory]
    [InlineData("api overloaded times 2", 429)]
    [InlineData("api unavailable times 2", 503)]
    public async Task As_many_requests_as_planned_are_answered_with_the_status(string line, int expected)
    {
        Plan(line);

        Assert.Equal([expected, expected, 200], [(int)await StatusAsync(), (int)await StatusAsync(), (int)await StatusAsync()]);
    }

    [Fact]
    public async Task Only_writes_can_be_in_conflict_with_others()
    {
        Plan("api conflicts times 2");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        Assert.Equal(HttpStatusCode.Conflict, await CreateAsync());
        Assert.Equal(HttpStatusCode.Conflict, await CreateAsync());
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());
    }

    [Fact]
    public async Task A_history_that_is_forgotten_cannot_be_watched_any_more()
    {
        Assert.Equal(HttpStatusCode.Created, await CreateAsync());

        Plan("api history-forgotten");

        using var watch = await _http.GetAsync(new Uri("api/v1/configmaps?watch=1&resourceVersion=1&timeoutSeconds=5", UriKind.Relative));
        Assert.Contains("410", await watch.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private void Plan(string line) => Assert.Null(_world.Faults.Plan(FaultText.Read(line).Value));

    private async Task<HttpStatusCode> CreateAsync()
    {
        using var body = new StringContent("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""", System.Text.Encoding.UTF8, "application/json");
        using var created = await _http.PostAsync(new Uri("api/v1/namespaces/default/configmaps", UriKind.Relative), body);
        return created.StatusCode;
    }

    private async Task<HttpStatusCode> StatusAsync()
    {
        using var response = await _http.GetAsync(new Uri("api/v1/namespaces", UriKind.Relative));
        return response.StatusCode;
    }
}
