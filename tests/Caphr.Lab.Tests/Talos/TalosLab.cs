using System.Net;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Tests.Talos;

/// <summary>One server with Talos on its disk, and the cluster it may become a node of.</summary>
internal sealed class TalosLab : IAsyncDisposable
{
    private readonly LabTalos _talos;
    private readonly LabAuthorities _authorities = new();

    private TalosLab(byte network, int servers, double speed, TimeProvider clock)
    {
        Clock = clock;
        World = new LabWorld(new WorldOptions { Servers = servers, TimeScale = speed, Network = network }, clock);
        Cluster = new LabTalosCluster("kestrel", new Uri("https://127.0.0.1:6443"), clock, new Random(1));
        _authorities.Register(Cluster.Authority);
        _talos = new LabTalos(World, new LabTalosOptions { Authorities = _authorities });
    }

    public TimeProvider Clock { get; }

    public LabWorld World { get; }

    public LabTalosFaults Faults => _talos.Faults;

    public LabServer Server => World.Servers[0];

    public LabTalosCluster Cluster { get; }

    public IPEndPoint Node => NodeOf(Server);

    public static IPEndPoint NodeOf(LabServer server) => new(server.Address, TalosClient.DefaultPort);

    /// <param name="speed">As a rule so fast that a test need not wait. Who wants to see a node on its way needs a slower one.</param>
    public static async Task<TalosLab> StartAsync(byte network, int servers = 1, double speed = 200)
    {
#pragma warning disable RS0030 // These tests go over real sockets, whose time is the real one.
        var lab = new TalosLab(network, servers, speed, TimeProvider.System);
#pragma warning restore RS0030
        await lab._talos.StartAsync(CancellationToken.None);
        return lab;
    }

    /// <summary>Boots Talos from the disk and returns when its API is up in maintenance.</summary>
    public async Task BootAsync(string version)
    {
        Server.EndDiskWrite(Server.Description.Disks[0], new DiskContent.Talos(version, MachineConfiguration: null), "talos");
        await ReachAsync<RunningSystem.TalosMaintenance>(() => Server.RebootInBand(kexec: true));
    }

    public Task ReachAsync<T>(Action action, Func<T, bool>? condition = null)
        where T : RunningSystem => ReachAsync(Server, action, condition);

    public static async Task ReachAsync<T>(LabServer on, Action action, Func<T, bool>? condition = null)
        where T : RunningSystem
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(LabServer server, RunningSystem running)
        {
            if (running is T wanted && condition?.Invoke(wanted) != false) reached.TrySetResult();
        }

        on.RunningChanged += Look;
        action();
        Look(on, on.Running);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(3));
        on.RunningChanged -= Look;
    }

    public string Configuration(TalosVersion version, LabMachineRole role = LabMachineRole.Worker) => MachineConfiguration.Place(
        Cluster.MachineConfiguration(role, version),
        new HardwareFacts { InstallDisk = new InstallDisk.ByWwn(Server.Description.Disks[0].Wwn), ProviderId = $"hetzner-robot://{Server.Number}" },
        version).Value.Documents;

    public TalosIdentity Identity(TalosRole role = TalosRole.Admin) => IdentityOf(Cluster, role);

    public TalosIdentity IdentityOf(LabTalosCluster cluster, TalosRole role = TalosRole.Admin) =>
        new(cluster.Authority.Certificate, TalosClientCertificate.Mint(cluster.Authority, role, TimeSpan.FromHours(1), Clock.GetUtcNow()));

    public async Task<TalosPresence> ProbeAsync(TalosIdentity? identity = null)
    {
        var outcome = await TalosClient.ProbeAsync(Node, identity ?? Identity(), Clock, CancellationToken.None);
        Assert.True(outcome.Succeeded, outcome.Failure?.ToString());
        return outcome.Value;
    }

    /// <summary>A control plane or worker, up to running and ready, without the API's part in it.</summary>
    public async Task<TalosVersion> BringUpAsync(string version, LabServer server, LabMachineRole role = LabMachineRole.Worker)
    {
        var known = TalosVersion.Parse(version);
        server.EndDiskWrite(server.Description.Disks[0], new DiskContent.Talos(version, Configuration(known, role)), "talos");
        await ReachAsync<RunningSystem.TalosConfigured>(server, () => server.RebootInBand(kexec: true), configured => configured.Ready);
        return known;
    }

    public TalosClient Secured(LabServer server, TalosRole role = TalosRole.Admin) => TalosClient.Secured(NodeOf(server), Identity(role), Clock);

    public async Task<TalosClient> InMaintenanceAsync(string version)
    {
        await BootAsync(version);
        return TalosClient.InMaintenance(Node, Assert.IsType<TalosPresence.Maintenance>(await ProbeAsync()).Pin, Clock);
    }

    /// <summary>Boots into maintenance and gives the node its configuration, over the API.</summary>
    public async Task<TalosVersion> ConfigureAsync(string version)
    {
        await BootAsync(version);
        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await ProbeAsync());
        using var client = TalosClient.InMaintenance(Node, maintenance.Pin, Clock);
        var applied = await client.ApplyConfigurationAsync(Configuration(maintenance.Version), maintenance.Version, CancellationToken.None);
        Assert.True(applied.Succeeded, applied.Failure?.ToString());
        return maintenance.Version;
    }

    public async ValueTask DisposeAsync()
    {
        await _talos.DisposeAsync();
        Cluster.Dispose();
    }
}
