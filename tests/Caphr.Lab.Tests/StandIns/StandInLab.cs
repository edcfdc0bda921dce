using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Talos;
using Caphr.Lab.Tests.Rescue;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

/// <summary>The stand-ins on an API server of their own, with an infrastructure that is nothing but obliging; all is asked and told through the API.</summary>
internal sealed class StandInLab : IAsyncDisposable
{
    public const string Namespace = "fleet";

    private readonly LabKubernetes _kubernetes;
    private readonly KubernetesConnection _connection;
    private readonly LabStandIns _standIns;

    private StandInLab(LabKubernetes kubernetes, LabWorld world)
    {
        _kubernetes = kubernetes;
        _connection = new KubernetesConnection { Server = kubernetes.BaseAddress };
        Client = new KubernetesClient(_connection, Clock.Real);
        Infrastructure = new FakeInfrastructure(Client, Clock.Real, Etcd);
        _standIns = new LabStandIns(kubernetes.BaseAddress, world, new LabAuthorities(), Clock.Real, new StandInOptions(), _ => Etcd);
    }

    public KubernetesClient Client { get; }

    public FakeInfrastructure Infrastructure { get; }

    public FakeEtcd Etcd { get; } = new();

    public Uri Address => _kubernetes.BaseAddress;

    public void WriteKubeconfig(string path) => _kubernetes.WriteKubeconfig(path);

    /// <param name="servers">How many the infrastructure has.</param>
    /// <param name="speed">How much faster than real the limits are that users give in real time.</param>
    /// <param name="withCluster">Whether the cluster <c>red</c> and templates of its workers are there from the start.</param>
    /// <param name="withControlPlane">Whether that cluster names a TalosControlPlane, which the test makes.</param>
    public static async Task<StandInLab> StartAsync(int servers, double speed = 100, bool withCluster = true, bool withControlPlane = false)
    {
        var kubernetes = new LabKubernetes(new LabKubernetesOptions { Clock = Clock.Real, Seed = withCluster ? 1 : 2 });
        await kubernetes.StartAsync();
        var repository = Repository.Find()!;
        Assert.Null(await CustomResources.InstallAsync(kubernetes.BaseAddress, repository.LabCrds, default));
        Assert.Null(await CustomResources.InstallAsync(kubernetes.BaseAddress, repository.Crds, default));
        var lab = new StandInLab(kubernetes, new LabWorld(new WorldOptions { Servers = 0, TimeScale = speed }, Clock.Real)) { Infrastructure = { Servers = servers } };
        await lab.CreateAsync(new NamespaceObject { Metadata = new ObjectMeta { Name = Namespace } });
        lab._standIns.Start();
        lab.Infrastructure.Start();
        if (withCluster) await lab.CreateClusterAsync(withControlPlane);
        return lab;
    }

    public async Task<T> CreateAsync<T>(T wanted)
        where T : KubernetesObject, IKubernetesResource
    {
        var answer = await Client.CreateAsync(wanted, default);
        return answer.TryGet(out var made, out var failure) ? made : throw new InvalidOperationException(failure.ToString());
    }

    public async Task<T?> FindAsync<T>(string name)
        where T : KubernetesObject, IKubernetesResource =>
        (await Client.GetAsync<T>(new ObjectKey(T.Resource.Namespaced ? Namespace : "", name), default)).TryGet(out var found, out _) ? found : null;

    public async Task<IReadOnlyList<T>> ListAsync<T>()
        where T : KubernetesObject, IKubernetesResource => (await Client.ListAsync<T>(Selection.Everything, default)).Value.Items;

    public async Task PatchAsync<T>(string name, string body, bool status = false)
        where T : KubernetesObject, IKubernetesResource
    {
        var patch = Patch.Merge(JsonNode.Parse(body)!.AsObject());
        var answer = await Client.PatchAsync<T>(new ObjectKey(T.Resource.Namespaced ? Namespace : "", name), status ? patch.ToStatus() : patch, default);
        Assert.True(answer.Succeeded, answer.Failure?.ToString());
    }

    public async Task DeleteAsync<T>(string name)
        where T : KubernetesObject, IKubernetesResource =>
        Assert.True((await Client.DeleteAsync<T>(new ObjectKey(T.Resource.Namespaced ? Namespace : "", name), null, default)).Succeeded);

    /// <summary>Adds conditions that do not hold to a Machine, as others would.</summary>
    public async Task SayAsync(string machine, params string[] types)
    {
        var present = (await FindAsync<CoreMachine>(machine))!.Status.Conditions;
        foreach (var type in types) present = present.With(type, holds: false, "SaidByTheTest", "", Clock.Real.GetUtcNow());
        await PatchAsync<CoreMachine>(machine, new JsonObject { ["status"] = new JsonObject { ["conditions"] = System.Text.Json.JsonSerializer.SerializeToNode(present, KubernetesJson.Options) } }.ToJsonString(), status: true);
    }

    /// <summary>The fake says of its cluster that it is well, which is more than that it was provisioned.</summary>
    public Task SayInfrastructureIsReadyAsync() => PatchAsync<HetznerRobotCluster>(
        "red", """{"status":{"conditions":[{"type":"Ready","status":"True","reason":"Ready","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""", status: true);

    /// <summary>Looks until all objects of a kind are as they should be; the objects are in the failure.</summary>
    public async Task<IReadOnlyList<T>> UntilAsync<T>(Func<IReadOnlyList<T>, bool> isSo)
        where T : KubernetesObject, IKubernetesResource
    {
        IReadOnlyList<T> found = [];
        try
        {
            await Eventually.BecomesTrueAsync(async () => isSo(found = await ListAsync<T>()));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It never became so:\n{string.Join('\n', found.Select(KubernetesJson.ToNode))}");
        }

        return found;
    }

    public Task<IReadOnlyList<CoreMachine>> UntilRunningAsync(int machines) =>
        UntilAsync<CoreMachine>(found => found.Count == machines && found.All(machine => machine.Ready && !machine.Metadata.BeingDeleted));

    public async ValueTask DisposeAsync()
    {
        await Infrastructure.DisposeAsync();
        await _standIns.DisposeAsync();
        Client.Dispose();
        _connection.Dispose();
        await _kubernetes.DisposeAsync();
    }

    private async Task CreateClusterAsync(bool withControlPlane)
    {
        await CreateAsync(withControlPlane ? Fleet.ClusterWithControlPlane : Fleet.Cluster);
        await CreateAsync(Fleet.InfraCluster);
        await CreateAsync(Fleet.InfraTemplate("workers-v1"));
        await CreateAsync(Fleet.BootstrapTemplate);
    }

    private sealed record NamespaceObject : KubernetesObject, IKubernetesResource
    {
        public static ResourceType Resource { get; } = new("", "v1", "Namespace", "namespaces") { Namespaced = false };
    }
}
