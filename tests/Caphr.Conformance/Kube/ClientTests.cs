using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Conformance.Kube;

/// <summary>Our own client against the same server: every answer it can get is the value it should be.</summary>
public sealed class ClientTests(KubeCluster cluster) : KubeCase(cluster), IDisposable
{
    private readonly KubernetesClient _client = new(cluster.Connection, Waiting.Clock, new KubernetesClientOptions { FieldManager = "ours", PageSize = 2 });

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task What_we_create_we_can_get()
    {
        var created = (await _client.CreateAsync(Lease("one", "me"), CancellationToken.None)).Value;

        var got = (await _client.GetAsync<Lease>(Key("one"), CancellationToken.None)).Value;

        Assert.Equal((created.Metadata.Uid, created.Metadata.ResourceVersion, "me"), (got.Metadata.Uid, got.Metadata.ResourceVersion, got.Spec.HolderIdentity));
    }

    [Fact]
    public async Task What_is_not_there_is_NotFound() => Assert.Equal(KubernetesError.NotFound, (await _client.GetAsync<Lease>(Key("none"), CancellationToken.None)).Failure?.Error);

    [Fact]
    public async Task What_is_there_AlreadyExists()
    {
        await _client.CreateAsync(Lease("one", "me"), CancellationToken.None);

        Assert.Equal(KubernetesError.AlreadyExists, (await _client.CreateAsync(Lease("one", "you"), CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_list_is_put_together_from_its_pages()
    {
        foreach (var name in (string[])["a", "b", "c", "d", "e"]) await _client.CreateAsync(Lease(name, "me"), CancellationToken.None);

        var list = (await _client.ListAsync<Lease>(Selection.In(Space), CancellationToken.None)).Value;

        Assert.Equal(["a", "b", "c", "d", "e"], list.Items.Select(lease => lease.Metadata.Name));
    }

    [Fact]
    public async Task A_guarded_patch_of_what_changed_is_a_Conflict()
    {
        var read = (await _client.CreateAsync(Lease("one", "me"), CancellationToken.None)).Value;

        Assert.True((await PatchAsync("second", read.Metadata.ResourceVersion)).Succeeded);
        Assert.Equal(KubernetesError.Conflict, (await PatchAsync("third", read.Metadata.ResourceVersion)).Failure?.Error);
    }

    [Fact]
    public async Task An_apply_over_another_manager_is_a_Conflict_until_it_is_forced()
    {
        await Api.ApplyAsync($"/apis/coordination.k8s.io/v1/namespaces/{Space}/leases/one", "them", """
            { "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "one" }, "spec": { "holderIdentity": "them" } }
            """);

        Assert.Equal(KubernetesError.Conflict, (await _client.PatchAsync<Lease>(Key("one"), Patch.Apply(Lease("one", "us")), CancellationToken.None)).Failure?.Error);
        Assert.Equal("us", (await _client.PatchAsync<Lease>(Key("one"), Patch.Apply(Lease("one", "us"), force: true), CancellationToken.None)).Value.Spec.HolderIdentity);
    }

    [Fact]
    public async Task What_the_schema_forbids_is_Invalid() =>
        Assert.Equal(KubernetesError.Invalid, (await _client.CreateAsync(Lease("Not A Name", "me"), CancellationToken.None)).Failure?.Error);

    [Fact]
    public async Task A_watch_follows_a_list()
    {
        var list = (await _client.ListAsync<Lease>(Selection.In(Space), CancellationToken.None)).Value;
        await _client.CreateAsync(Lease("one", "me"), CancellationToken.None);
        await _client.DeleteAsync<Lease>(Key("one"), onlyIfUid: null, CancellationToken.None);

        var seen = new List<string>();
        await foreach (var next in _client.WatchAsync<Lease>(Selection.In(Space), list.ResourceVersion, CancellationToken.None))
        {
            seen.Add(next.GetType().Name);
            if (next is WatchEvent<Lease>.Deleted or WatchEvent<Lease>.Failed) break;
        }

        Assert.Equal(["Opened", "Added", "Deleted"], seen.Where(name => name != "Bookmark"));
    }

    [Fact]
    public async Task A_deletion_of_another_incarnation_is_a_Conflict()
    {
        await _client.CreateAsync(Lease("one", "me"), CancellationToken.None);

        Assert.Equal(KubernetesError.Conflict, (await _client.DeleteAsync<Lease>(Key("one"), "11111111-2222-3333-4444-555555555555", CancellationToken.None)).Failure?.Error);
    }

    private ObjectKey Key(string name) => new(Space, name);

    private Lease Lease(string name, string holder) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = Space },
        Spec = new LeaseSpec { HolderIdentity = holder, LeaseDurationSeconds = 15 },
    };

    private Task<Caphr.Protocols.Outcome<Lease, KubernetesFailure>> PatchAsync(string holder, string? onlyIfVersion) => _client.PatchAsync<Lease>(
        Key("one"), Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = holder } }, onlyIfVersion), CancellationToken.None);
}
