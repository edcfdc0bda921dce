using System.Net;
using System.Net.Sockets;
using Caphr.Lab.Factory;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.Rescue;
using Caphr.Lab.Robot;
using Caphr.Lab.StandIns;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols;

namespace Caphr.Lab;

/// <summary>
/// Everything CAPHR meets, in one process: the servers, Robot, rescue systems, Talos nodes, the image factory, a Kubernetes API, and those
/// who work beside CAPHR on it.
/// </summary>
public sealed class Datacenter : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _open = [];

    private Datacenter(DatacenterOptions options, TimeProvider clock)
    {
        Options = options;
        World = new LabWorld(options.World, clock);
        Kubernetes = new LabKubernetes(new LabKubernetesOptions { Clock = clock, Port = options.Ports.Kubernetes, Seed = options.World.Seed, Security = options.Security });
        Robot = new LabRobot(World, options.Robot with { Address = IPAddress.Loopback, Port = options.Ports.Robot });
        Factory = new LabFactory(IPAddress.Loopback, options.Ports.Factory);
        Rescue = new LabRescue(World, new LabRescueOptions { Port = options.Ports.Rescue });
        Talos = new LabTalos(World, new LabTalosOptions { Port = options.Ports.Talos, Authorities = Authorities });
        World.Faults.Register(new DatacenterApiFaults(Kubernetes));
    }

    public DatacenterOptions Options { get; }

    public LabWorld World { get; }

    public LabKubernetes Kubernetes { get; }

    public LabRobot Robot { get; }

    public LabFactory Factory { get; }

    public LabRescue Rescue { get; }

    public LabTalos Talos { get; }

    /// <summary>Clusters whose worker nodes can be signed for.</summary>
    public LabAuthorities Authorities { get; } = new();

    public static async Task<Outcome<Datacenter, LabFailure>> StartAsync(DatacenterOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var datacenter = new Datacenter(options, clock);
        if (await datacenter.OpenAsync(clock, cancellation) is not { } failure) return datacenter;
        await datacenter.DisposeAsync();
        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        // Those who use something end before it does.
        for (var i = _open.Count - 1; i >= 0; i--) await _open[i].DisposeAsync();
        _open.Clear();
    }

    private static async Task<LabFailure?> InstallAsync(Datacenter datacenter, CancellationToken cancellation)
    {
        if (Repository.Find() is not { } repository) return new LabFailure("The Lab was taken out of its repository and finds no CRDs to install.");
        return await CustomResources.InstallAsync(datacenter.Kubernetes.BaseAddress, repository.LabCrds, cancellation)
            ?? await CustomResources.InstallAsync(datacenter.Kubernetes.BaseAddress, repository.Crds, cancellation)
            ?? await CustomResources.InstallAsync(datacenter.Kubernetes.BaseAddress, repository.Policies, cancellation);
    }

    private async Task<LabFailure?> OpenAsync(TimeProvider clock, CancellationToken cancellation)
    {
        var ports = Options.Ports;
        _open.Add(Rescue);
        var failure = await Open(Kubernetes, "the Kubernetes API", ports.Kubernetes, () => Kubernetes.StartAsync(cancellation))
            ?? await Open(Robot, "the Robot API", ports.Robot, () => Robot.StartAsync(cancellation))
            ?? await Open(Factory, "the image factory", ports.Factory, () => Factory.StartAsync(cancellation))
            ?? await Open(Talos, "the Talos API", ports.Talos, () => Talos.StartAsync(cancellation))
            ?? await (Options.Install ?? InstallAsync)(this, cancellation);
        if (failure is not null || Options.StandIns is not { } crew) return failure;

        var standIns = new LabStandIns(Kubernetes.BaseAddress, World, Authorities, clock, crew with { TalosPort = ports.Talos });
        _open.Add(standIns);
        standIns.Start();
        return null;
    }

    private async Task<LabFailure?> Open(IAsyncDisposable part, string name, int port, Func<Task> start)
    {
        _open.Add(part);
        try
        {
            await start();
            return null;
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return LabFailure.PortTaken(name, port);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return LabFailure.PortTaken(name, port);
        }
    }
}
