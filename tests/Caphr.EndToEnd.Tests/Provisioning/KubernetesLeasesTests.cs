using Caphr.Actors.Sharding;
using Caphr.Actors.Tests.Sharding;
using Caphr.Host.Replicas;
using Caphr.Lab.Kubernetes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>Leases over a real connection to an API server.</summary>
public sealed class KubernetesLeasesTests : LeasesConformance
{
    private readonly LabKubernetes _server = new(new LabKubernetesOptions { Clock = TestLab.Clock });
    private KubernetesConnection? _connection;
    private KubernetesClient? _client;

    [Fact]
    public async Task A_server_that_does_not_answer_is_told_in_a_sentence()
    {
        using var client = new KubernetesClient(_connection!, TestLab.Clock, new KubernetesClientOptions { CallTimeout = TimeSpan.FromSeconds(2) });
        var leases = new KubernetesLeases(client, "default", TestLab.Clock);
        using var cut = _server.Faults.CutNetwork();

        Assert.NotNull((await leases.RenewAsync(new Member("caphr-0.1", "journal", TimeSpan.FromSeconds(15)), CancellationToken.None)).WhyNot);
        Assert.NotNull((await leases.ListAsync(CancellationToken.None)).WhyNot);
        Assert.NotNull((await leases.RemoveAsync("caphr-0.1", CancellationToken.None)).WhyNot);
    }

    [Fact]
    public async Task Leases_of_others_in_the_namespace_are_no_members()
    {
        var leader = new Lease { Metadata = new ObjectMeta { Name = "capi-leader", Namespace = "default" }, Spec = new LeaseSpec { HolderIdentity = "capi" } };
        await _client!.CreateAsync(leader, CancellationToken.None);

        Assert.Empty((await Leases.ListAsync(CancellationToken.None)).Leases);
    }

    protected override async Task<IMemberLeases> OpenAsync()
    {
        await _server.StartAsync(CancellationToken.None);
        _connection = new KubernetesConnection { Server = _server.BaseAddress };
        _client = new KubernetesClient(_connection, TestLab.Clock);
        return new KubernetesLeases(_client, "default", TestLab.Clock);
    }

    protected override async Task CloseAsync()
    {
        _client?.Dispose();
        _connection?.Dispose();
        await _server.DisposeAsync();
    }
}
