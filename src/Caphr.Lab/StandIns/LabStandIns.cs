using System.Threading.Channels;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

public sealed record StandInOptions
{
    /// <summary>Whether SSH Secrets that HetznerRobotClusters name and nobody made are made here.</summary>
    public bool HandOutRescueKeys { get; init; } = true;
}

/// <summary>
/// Everyone CAPHR works with and who is not there in the Lab: Cluster API's core, the Talos bootstrap provider, the kubelets. They know
/// the world only through the Kubernetes API, but for the kubelets, which run on its servers. Each looks at everything and says what it
/// would write; when all is as it should be, nobody writes.
/// </summary>
public sealed class LabStandIns : IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly LabWorld _world;
    private readonly TimeProvider _clock;
    private readonly KubernetesConnection _connection;
    private readonly KubernetesClient _client;
    private readonly Random _random;
    private readonly TalosBootstrap _bootstrap;
    private readonly WorkloadCluster _workload;
    private readonly RescueKeys? _rescueKeys;
    private readonly Informer<CoreCluster> _clusters;
    private readonly Informer<CoreMachine> _machines;
    private readonly Informer<TalosConfig> _talosConfigs;
    private readonly Informer<HetznerRobotCluster> _infraClusters;
    private readonly Informer<HetznerRobotMachine> _infraMachines;
    private readonly Informer<Node> _nodes;
    private readonly Informer<Secret> _secrets;
    private Task _running = Task.CompletedTask;

    public LabStandIns(Uri kubernetes, LabWorld world, LabAuthorities authorities, TimeProvider clock, StandInOptions options)
    {
        _world = world;
        _clock = clock;
        _random = new Random(world.Options.Seed);
        _connection = new KubernetesConnection { Server = kubernetes };
        _client = new KubernetesClient(_connection, clock, new KubernetesClientOptions { FieldManager = "caphr-lab" });
        _bootstrap = new TalosBootstrap(authorities, clock, new Random(world.Options.Seed));
        _workload = new WorkloadCluster(world);
        _rescueKeys = options.HandOutRescueKeys ? new RescueKeys() : null;
        _clusters = Watch<CoreCluster>();
        _machines = Watch<CoreMachine>();
        _talosConfigs = Watch<TalosConfig>();
        _infraClusters = Watch<HetznerRobotCluster>();
        _infraMachines = Watch<HetznerRobotMachine>();
        _nodes = Watch<Node>();
        _secrets = Watch<Secret>();
    }

    public void Start()
    {
        foreach (var server in _world.Servers) server.RunningChanged += LookAgain;
        Task[] informers =
        [
            _clusters.RunAsync(_stop.Token), _machines.RunAsync(_stop.Token), _talosConfigs.RunAsync(_stop.Token),
            _infraClusters.RunAsync(_stop.Token), _infraMachines.RunAsync(_stop.Token), _nodes.RunAsync(_stop.Token), _secrets.RunAsync(_stop.Token),
        ];
        _running = Task.WhenAll([.. informers, Work(_stop.Token)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _world.Servers) server.RunningChanged -= LookAgain;
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Asked for two lines above.
        }

        _bootstrap.Dispose();
        _rescueKeys?.Dispose();
        _client.Dispose();
        _connection.Dispose();
        _stop.Dispose();
    }

    private void LookAgain(LabServer server, RunningSystem running) => _changed.Writer.TryWrite(true);

    private Informer<T> Watch<T>()
        where T : KubernetesObject, IKubernetesResource => new(
            _client,
            new InformerOptions(),
            _clock,
            new Random(_random.Next()),
            (_, _) =>
            {
                _changed.Writer.TryWrite(true);
                return ValueTask.CompletedTask;
            },
            // Whether the API server can be reached is for its clients under test to say.
            _ => { });

    private async Task Work(CancellationToken cancellation)
    {
        // Acting on half of what there is would make things that exist already.
        await Task.WhenAll(
            _clusters.WaitForSyncAsync(cancellation), _machines.WaitForSyncAsync(cancellation), _talosConfigs.WaitForSyncAsync(cancellation),
            _infraClusters.WaitForSyncAsync(cancellation), _infraMachines.WaitForSyncAsync(cancellation), _nodes.WaitForSyncAsync(cancellation),
            _secrets.WaitForSyncAsync(cancellation));
        while (true)
        {
            var refused = false;
            foreach (var write in Plan(Observe()))
                refused |= !(await write.SendAsync(_client, cancellation)).Succeeded;

            // A refusal mostly means that somebody was quicker, and then a change is on its way; if not, the plan is made anew in a moment.
            if (refused) await Task.Delay(s_retry, _clock, cancellation);
            else await _changed.Reader.ReadAsync(cancellation);
        }
    }

    private List<Write> Plan(Observed observed) =>
    [
        .. ClusterCore.Plan(observed),
        .. MachineCore.Plan(observed),
        .. _bootstrap.Plan(observed),
        .. _workload.Plan(observed),
        .. _rescueKeys?.Plan(observed) ?? [],
    ];

    private Observed Observe() => new()
    {
        Now = _clock.GetUtcNow(),
        Clusters = _clusters.All(),
        Machines = _machines.All(),
        TalosConfigs = _talosConfigs.All(),
        InfraClusters = _infraClusters.All(),
        InfraMachines = _infraMachines.All(),
        Nodes = _nodes.All(),
        Secrets = _secrets.All().Select(secret => secret.Key).ToHashSet(),
    };
}
