using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Http;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Lab.Kubernetes.Upkeep;
using Microsoft.AspNetCore.Builder;

namespace Caphr.Lab.Kubernetes;

/// <summary>
/// A Kubernetes API server in memory, on plain HTTP: enough of one that kubectl and controllers work against it as against a real cluster.
/// Nothing runs in it but the garbage collector and the deletion of namespaces and CRDs.
/// </summary>
public sealed class LabKubernetes : IAsyncDisposable
{
    private static readonly string[] s_firstNamespaces = ["default", "kube-system"];

    private readonly LabKubernetesOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ObjectStore _store;
    private readonly WebApplication _web;
    private readonly UpkeepLoop _upkeep;
    private Task _upkeepTask = Task.CompletedTask;

    public LabKubernetes(LabKubernetesOptions options)
    {
        _options = options;
        _store = new ObjectStore(options.HistoryLimit);
        var types = new TypeRegistry();
        var api = new ObjectApi(_store, types, new Identities(new Random(options.Seed)), options.Clock);
        foreach (var name in s_firstNamespaces) CreateNamespace(types, api, name);

        _upkeep = new UpkeepLoop(_store, new GarbageCollector(types, api), new ContainerUpkeep(_store, types, api));
        var lists = new Lists(_store, options.Clock);
        var watches = new Watches(_store, Faults, options, _stopping.Token);
        var objects = new ObjectRoutes(_store, types, api, lists, watches, options.Clock);
        _web = LabWeb.Build(options.Address, options.Port);
        _web.Run(new ApiHandler(Faults, new Discovery(types), new OpenApi(types), objects, options).HandleAsync);
    }

    public Faults Faults { get; } = new();

    /// <summary>Known once started.</summary>
    public Uri BaseAddress => LabWeb.AddressOf(_web);

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _web.StartAsync(cancellation);
        _upkeepTask = Task.Run(() => _upkeep.RunAsync(_stopping.Token), CancellationToken.None);
    }

    /// <summary>Forgets the history, so that every watch from an older resourceVersion gets 410 Gone.</summary>
    public void CompactHistory() => _store.Compact();

    public void WriteKubeconfig(string path) => File.WriteAllText(path, $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: lab
          cluster:
            server: {BaseAddress.ToString().TrimEnd('/')}
        users:
        - name: lab
          user: {"{}"}
        contexts:
        - name: lab
          context:
            cluster: lab
            user: lab
            namespace: default
        current-context: lab

        """);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _upkeepTask;
        await _web.DisposeAsync();
        _stopping.Dispose();
        Faults.Dispose();
    }

    private static void CreateNamespace(TypeRegistry types, ObjectApi api, string name)
    {
        var document = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };
        api.Create(types.Preferred(BuiltInTypes.Namespaces)!, "", document, new WriteOptions { FieldManager = "lab" });
    }
}
