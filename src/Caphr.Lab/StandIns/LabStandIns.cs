using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Talos;

namespace Caphr.Lab.StandIns;

public sealed record StandInOptions
{
    /// <summary>Whether SSH Secrets that HetznerRobotClusters name and nobody made are made here.</summary>
    public bool HandOutRescueKeys { get; init; } = true;

    /// <summary>Where the Talos API of a node listens, which the control plane provider speaks to.</summary>
    public int TalosPort { get; init; } = TalosClient.DefaultPort;
}

/// <summary>
/// Everyone CAPHR works with and who is not there in the Lab: Cluster API's core, the Talos bootstrap and control plane providers, the
/// kubelets. They know the world only through the Kubernetes API, but for the kubelets, which run on its servers, and the control plane
/// provider, which calls the nodes. Each looks at everything and says what it would write; when all is as it should be, nobody writes.
/// </summary>
public sealed class LabStandIns : IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly LabWorld _world;
    private readonly TimeProvider _clock;
    private readonly KubernetesConnection _connection;
    private readonly KubernetesClient _client;
    private readonly Inventory _inventory;
    private readonly EtcdWatch _etcd;
    private readonly MachineSets _machineSets;
    private readonly TalosControlPlanes _controlPlanes;
    private readonly TalosBootstrap _bootstrap;
    private readonly WorkloadCluster _workload;
    private readonly RescueKeys? _rescueKeys;
    private Task _running = Task.CompletedTask;

    public LabStandIns(Uri kubernetes, LabWorld world, LabAuthorities authorities, TimeProvider clock, StandInOptions options)
        : this(kubernetes, world, authorities, clock, options, client => new TalosEtcdDoor(client, options.TalosPort, clock))
    {
    }

    internal LabStandIns(Uri kubernetes, LabWorld world, LabAuthorities authorities, TimeProvider clock, StandInOptions options, Func<KubernetesClient, IEtcdDoor> etcdDoor)
        : this(new KubernetesConnection { Server = kubernetes }, world, authorities, clock, options, etcdDoor)
    {
    }

    internal LabStandIns(KubernetesConnection connection, LabWorld world, LabAuthorities authorities, TimeProvider clock, StandInOptions options, Func<KubernetesClient, IEtcdDoor> etcdDoor)
    {
        _world = world;
        _clock = clock;
        var random = new Random(world.Options.Seed);
        _connection = connection;
        _client = new KubernetesClient(_connection, clock, new KubernetesClientOptions { FieldManager = "caphr-lab" });
        _machineSets = new MachineSets(new Random(random.Next()));
        _bootstrap = new TalosBootstrap(authorities, clock, new Random(world.Options.Seed));
        _workload = new WorkloadCluster(world);
        _rescueKeys = options.HandOutRescueKeys ? new RescueKeys() : null;
        _inventory = new Inventory(_client, clock, random)
            .Of<CoreCluster>().Of<CoreMachine>().Of<MachineSet>().Of<MachineDeployment>().Of<MachineHealthCheck>().Of<TalosControlPlane>()
            .Of<TalosConfig>().Of<TalosConfigTemplate>()
            .Of<HetznerRobotCluster>().Of<HetznerRobotMachine>().Of<HetznerRobotMachineTemplate>()
            .Of<HetznerRobotRemediation>().Of<HetznerRobotRemediationTemplate>()
            .Of<Node>().Of<Pod>().Of<Secret>();
        _etcd = new EtcdWatch(etcdDoor(_client), _inventory, clock, world.Time.Scale);
        _controlPlanes = new TalosControlPlanes(_etcd, new Random(random.Next()));
    }

    public void Start()
    {
        foreach (var server in _world.Servers) server.RunningChanged += LookAgain;
        _running = Task.WhenAll(_inventory.RunAsync(_stop.Token), _etcd.RunAsync(_stop.Token), Work(_stop.Token));
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

    private void LookAgain(LabServer server, RunningSystem running) => _inventory.Knock();

    private async Task Work(CancellationToken cancellation)
    {
        await _inventory.WaitForSyncAsync(cancellation);
        while (true)
        {
            var observed = Observe();
            var refused = false;
            var written = new List<Receipt>();
            foreach (var write in Plan(observed))
            {
                if (await write.SendAsync(_client, cancellation) is { } receipt) written.Add(receipt);
                else refused = true;
            }

            written.RemoveAll(receipt => receipt == Receipt.Nothing);
            if (written.Count > 0) await _inventory.CatchUpAsync(written, cancellation);
            // A refusal mostly means that somebody was quicker, and then a change is on its way; if not, the plan is made anew in a moment.
            else if (refused) await Task.Delay(s_retry, _clock, cancellation);
            else await _inventory.WaitForChangeAsync(observed.Alarm.Time, cancellation);
        }
    }

    private List<Write> Plan(Observed observed) =>
    [
        .. ClusterCore.Plan(observed),
        .. MachineDeployments.Plan(observed),
        .. _machineSets.Plan(observed),
        .. _controlPlanes.Plan(observed),
        .. MachineHealthChecks.Plan(observed),
        .. MachineCore.Plan(observed),
        .. _bootstrap.Plan(observed),
        .. _workload.Plan(observed),
        .. _rescueKeys?.Plan(observed) ?? [],
    ];

    private Observed Observe()
    {
        var secrets = _inventory.All<Secret>();
        return new Observed
        {
            Now = _clock.GetUtcNow(),
            TimeScale = _world.Time.Scale,
            Clusters = _inventory.All<CoreCluster>(),
            Machines = _inventory.All<CoreMachine>(),
            MachineSets = _inventory.All<MachineSet>(),
            MachineDeployments = _inventory.All<MachineDeployment>(),
            HealthChecks = _inventory.All<MachineHealthCheck>(),
            ControlPlanes = _inventory.All<TalosControlPlane>(),
            EtcdMembers = _etcd.Members,
            TalosConfigs = _inventory.All<TalosConfig>(),
            TalosConfigTemplates = _inventory.All<TalosConfigTemplate>(),
            InfraClusters = _inventory.All<HetznerRobotCluster>(),
            InfraMachines = _inventory.All<HetznerRobotMachine>(),
            InfraTemplates = _inventory.All<HetznerRobotMachineTemplate>(),
            Remediations = _inventory.All<HetznerRobotRemediation>(),
            RemediationTemplates = _inventory.All<HetznerRobotRemediationTemplate>(),
            Nodes = _inventory.All<Node>(),
            Pods = _inventory.All<Pod>(),
            TalosAccess = secrets.Where(TalosBootstrap.IsAccess).ToDictionary(secret => secret.Key),
            Secrets = secrets.Select(secret => secret.Key).ToHashSet(),
        };
    }
}
