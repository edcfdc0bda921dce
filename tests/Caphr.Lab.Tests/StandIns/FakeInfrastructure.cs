using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

/// <summary>
/// The least that an infrastructure provider does: everything is provisioned the moment it may be, and its node is there and well. It has
/// no more servers than it is given, and keeps one until the test lets it go where that matters.
/// </summary>
internal sealed class FakeInfrastructure(KubernetesClient client, TimeProvider clock, FakeEtcd etcd) : IAsyncDisposable
{
    private const string Finalizer = "infrastructure.cluster.x-k8s.io/fake";

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _used = [];
    private readonly Inventory _inventory = new Inventory(client, clock, new Random(1))
        .Of<HetznerRobotCluster>().Of<HetznerRobotMachine>().Of<CoreMachine>().Of<CoreCluster>();
    private Task _running = Task.CompletedTask;
    private int _last;
    private volatile bool _keepsServers;
    private volatile int _servers;

    /// <summary>How many there are.</summary>
    public int Servers
    {
        get => _servers;
        set
        {
            _servers = value;
            _inventory.Knock();
        }
    }

    /// <summary>Most servers that were in use at one time.</summary>
    public int Peak { get; private set; }

    /// <summary>Servers that were given back.</summary>
    public int Released { get; private set; }

    /// <summary>While true, no server is given back.</summary>
    public bool KeepsServers
    {
        get => _keepsServers;
        set
        {
            _keepsServers = value;
            _inventory.Knock();
        }
    }

    public void Start() => _running = Task.WhenAll(_inventory.RunAsync(_stop.Token), WorkAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Asked for above.
        }

        _stop.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await _inventory.WaitForSyncAsync(cancellation);
        while (true)
        {
            var written = new List<Receipt>();
            foreach (var write in Plan())
            {
                if (await write.SendAsync(client, cancellation) is { } receipt) written.Add(receipt);
            }

            if (written.Count > 0) await _inventory.CatchUpAsync(written, cancellation);
            else await _inventory.WaitForChangeAsync(until: null, cancellation);
        }
    }

    private IEnumerable<Write> Plan()
    {
        var clusters = _inventory.All<CoreCluster>();
        foreach (var cluster in _inventory.All<HetznerRobotCluster>().Where(found => found.Status.Initialization?.Provisioned != true && Owner(found) is { Spec.Paused: not true }))
            yield return Said(cluster, new JsonObject { ["initialization"] = new JsonObject { ["provisioned"] = true } });

        foreach (var infra in _inventory.All<HetznerRobotMachine>().OrderBy(found => found.Metadata.Name, StringComparer.Ordinal))
        {
            var machine = _inventory.All<CoreMachine>().FirstOrDefault(found => infra.Metadata.OwnerOf(Machine.Resource)?.Uid == found.Metadata.Uid);
            if (clusters.Any(cluster => cluster.Metadata.Name == machine?.Spec.ClusterName && cluster.Spec.Paused == true)) continue;
            if (infra.Metadata.BeingDeleted) foreach (var write in Release(infra)) yield return write;
            else if (machine is not null && Owners.Hold(infra, Finalizer) is { } hold) yield return hold;
            else if (machine?.Spec.Bootstrap.DataSecretName is not null) foreach (var write in Provision(infra, machine)) yield return write;
        }

        CoreCluster? Owner(KubernetesObject of) => clusters.FirstOrDefault(cluster => of.Metadata.OwnerOf(Cluster.Resource)?.Uid == cluster.Metadata.Uid);
    }

    private IEnumerable<Write> Release(HetznerRobotMachine infra)
    {
        if (KeepsServers) return [];
        if (_used.Remove(infra.Metadata.Name)) Released++;
        return Owners.LetGo(infra, Finalizer);
    }

    private IEnumerable<Write> Provision(HetznerRobotMachine infra, CoreMachine machine)
    {
        if (infra.Spec.ProviderID is not null)
        {
            if (infra.Status.Initialization?.Provisioned == true) yield break;
            var address = AddressOf(infra.Spec.ProviderID.Split('/')[^1]);
            yield return Said(infra, new JsonObject
            {
                ["initialization"] = new JsonObject { ["provisioned"] = true },
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "ExternalIP", ["address"] = address }),
            });
            yield break;
        }

        if (_used.Count >= Servers) yield break;
        // Each time another number: the Node of a server that was given back may still be on its way out.
        var number = ++_last;
        _used.Add(infra.Metadata.Name);
        Peak = Math.Max(Peak, _used.Count);
        var id = string.Create(CultureInfo.InvariantCulture, $"hetzner-robot://{number}");
        if (machine.IsControlPlane) etcd.Join(number, AddressOf($"{number}"), $"node-{number}");
        yield return new Write.Change<HetznerRobotMachine>(infra, new JsonObject { ["spec"] = new JsonObject { ["providerID"] = id } });
        yield return new Write.Create<Node>(new Node
        {
            Metadata = new ObjectMeta { Name = $"node-{number}" },
            Spec = new NodeSpec { ProviderID = id },
            Status = new NodeStatus { Conditions = [new NodeCondition("Ready", "True", "KubeletReady", "", clock.GetUtcNow())] },
        });
    }

    private static string AddressOf(string number) => $"127.0.0.{number}";

    private static Write.Change<T> Said<T>(T about, JsonObject status)
        where T : KubernetesObject, IKubernetesResource => new(about, new JsonObject { ["status"] = status }, ToStatus: true);
}
