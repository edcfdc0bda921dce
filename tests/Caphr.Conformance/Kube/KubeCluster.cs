using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Protocols.Kubernetes;

namespace Caphr.Conformance.Kube;

/// <summary>
/// The API server under test, shared by all cases: the one that <c>CAPHR_CONFORMANCE_KUBECONFIG</c> names, else a Lab in this process. All
/// that the suite brings carries one label and a random name, and is taken away at the end.
/// </summary>
public sealed class KubeCluster : IAsyncLifetime
{
    public const string KubeconfigVariable = "CAPHR_CONFORMANCE_KUBECONFIG";
    public const string Namespaces = "/api/v1/namespaces";
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private const string Label = "caphr.example/conformance";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-conformance-");
    private readonly ConcurrentBag<string> _definitions = [];
    private LabKubernetes? _lab;
    private int _names;

    /// <summary>Tells this run from others against the same cluster.</summary>
    public string Run { get; } = RandomNumberGenerator.GetHexString(6, lowercase: true);

    /// <summary>The group of the kinds that the suite brings.</summary>
    public string Group => $"conformance-{Run}.caphr.example";

    public KubernetesConnection Connection { get; private set; } = null!;

    public KubeApi Api { get; private set; } = null!;

    /// <summary>The minor version, for what came or went with one.</summary>
    public int Minor { get; private set; }

    /// <summary>A foreign cluster is spared what is only worth its while here.</summary>
    public bool IsLab => _lab is not null;

    public async Task InitializeAsync()
    {
        var kubeconfig = Environment.GetEnvironmentVariable(KubeconfigVariable);
        if (string.IsNullOrEmpty(kubeconfig))
        {
            _lab = new LabKubernetes(new LabKubernetesOptions
            {
                Clock = Waiting.Clock,
                Security = new LabSecurity(),
                // A bookmark is due at least once a minute by any server; nobody needs to wait so long for ours.
                BookmarkInterval = TimeSpan.FromMilliseconds(500),
            });
            await _lab.StartAsync();
            kubeconfig = Path.Combine(_folder.FullName, "kubeconfig");
            _lab.WriteKubeconfig(kubeconfig);
        }

        Connection = KubernetesConnection.FromKubeconfig(kubeconfig).TryGet(out var connection, out var failure)
            ? connection
            : throw new InvalidOperationException(failure.Message);
        Api = new KubeApi(Connection, await TokenAsync());
        Minor = int.Parse((await Api.GetAsync("/version")).Is(200).At("minor")!.TrimEnd('+'), System.Globalization.CultureInfo.InvariantCulture);
        await DefineAsync(Widgets.Definition(Group));
    }

    public async Task DisposeAsync()
    {
        try
        {
            foreach (var space in await LabelledAsync(Namespaces)) await DropNamespaceAsync(space);
            foreach (var definition in _definitions) await Api.DeleteAsync($"{Definitions}/{definition}");
            foreach (var definition in _definitions) await Api.UntilGoneAsync($"{Definitions}/{definition}");
            await Api.UntilAsync($"{Namespaces}?labelSelector={Uri.EscapeDataString($"{Label}={Run}")}", reply => reply.Names.Count == 0);
        }
        finally
        {
            Api.Dispose();
            Connection.Dispose();
            if (_lab is not null) await _lab.DisposeAsync();
            _folder.Delete(recursive: true);
        }
    }

    /// <summary>A client of the same server that shows nothing, or only this token.</summary>
    public KubeApi As(string? token)
    {
        var stranger = new KubernetesConnection { Server = Connection.Server, TrustedAuthorities = Connection.TrustedAuthorities, TlsServerName = Connection.TlsServerName, SkipTlsVerify = Connection.SkipTlsVerify };
        return new KubeApi(stranger, token);
    }

    public string NewName(string prefix) => $"{prefix}-{Run}-{Interlocked.Increment(ref _names)}";

    public async Task<string> NewNamespaceAsync()
    {
        var name = NewName("caphr");
        (await Api.PostAsync(Namespaces, $$"""
            { "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "{{name}}", "labels": { "{{Label}}": "{{Run}}" } } }
            """)).Is(201);
        return name;
    }

    /// <summary>Lets go of whatever holds objects back, so that a case that failed half way leaves nothing behind.</summary>
    public async Task DropNamespaceAsync(string space)
    {
        foreach (var kind in Held(space))
        {
            var list = await Api.GetAsync(kind);
            if (list.Code != 200) continue;
            foreach (var item in list.Items.Where(item => item["metadata"]!["finalizers"] is JsonArray { Count: > 0 }))
            {
                await Api.MergeAsync($"{kind}/{item["metadata"]!["name"]}", """{ "metadata": { "finalizers": null } }""");
            }
        }

        await Api.DeleteAsync($"{Namespaces}/{space}");
    }

    /// <summary>Brings a definition and waits until it is served: being established and being found are two moments.</summary>
    public async Task DefineAsync(JsonObject definition)
    {
        var name = (await OfferAsync(definition)).Is(201).At("metadata", "name");
        await Api.UntilAsync($"{Definitions}/{name}", reply => reply.Node("status", "conditions") is JsonArray conditions
            && conditions.Any(condition => condition!["type"]!.GetValue<string>() == "Established" && condition["status"]!.GetValue<string>() == "True"));
        var spec = definition["spec"]!;
        foreach (var version in spec["versions"]!.AsArray().Where(version => version!["served"]!.GetValue<bool>()))
        {
            await Api.UntilAsync($"/apis/{spec["group"]}/{version!["name"]}/{spec["names"]!["plural"]}", reply => reply.Code == 200);
        }
    }

    /// <summary>Brings a definition that may be refused.</summary>
    public async Task<Reply> OfferAsync(JsonObject definition)
    {
        definition["metadata"]!["labels"] = new JsonObject { [Label] = Run };
        _definitions.Add(definition["metadata"]!["name"]!.GetValue<string>());
        return await Api.PostAsync(Definitions, definition.ToJsonString());
    }

    private IEnumerable<string> Held(string space) =>
        [$"/apis/{Group}/v1/namespaces/{space}/{Widgets.Plural}", $"/api/v1/namespaces/{space}/configmaps"];

    private async Task<IReadOnlyList<string>> LabelledAsync(string collection) =>
        (await Api.GetAsync($"{collection}?labelSelector={Uri.EscapeDataString($"{Label}={Run}")}")).Is(200).Names;

    /// <summary>The token of the kubeconfig; null where it goes by a certificate.</summary>
    public async Task<string?> TokenAsync() => Connection.Token is { } token ? (await token.ReadAsync(Waiting.Clock, CancellationToken.None)).Value : null;
}

[CollectionDefinition(Name)]
public sealed class KubeCollection : ICollectionFixture<KubeCluster>
{
    public const string Name = "A Kubernetes API server";
}
