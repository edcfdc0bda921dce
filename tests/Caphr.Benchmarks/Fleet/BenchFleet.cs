using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Lab;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Benchmarks.Fleet;

/// <summary>A Lab with so many servers and the shipped controller, over real sockets; the manifests are the demo's, for as many workers as there are servers.</summary>
internal sealed class BenchFleet : IAsyncDisposable
{
    /// <summary>Hardware takes a tenth of its time. What the controller takes is not scaled, so it is what it would be with real servers.</summary>
    private const double Speed = 10;

    /// <summary>Of another network than those of the tests, so that they can run beside each other.</summary>
    public const byte Network = 240;

    private static readonly TimeProvider s_clock = new RealTime();
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-bench-");
    private readonly Datacenter _datacenter;
    private readonly KubernetesConnection _connection;
    private readonly KubernetesClient _kubernetes;
    private readonly ControllerUnderTest _controller;

    private BenchFleet(Datacenter datacenter)
    {
        _datacenter = datacenter;
        datacenter.Kubernetes.WriteKubeconfig(Kubeconfig);
        _connection = new KubernetesConnection { Server = datacenter.Kubernetes.BaseAddress };
        _kubernetes = new KubernetesClient(_connection, s_clock);
        _controller = ControllerUnderTest.Start(Kubeconfig, Path.Combine(_folder.FullName, "data"), datacenter.Robot.BaseAddress, datacenter.Options.Ports.Rescue, datacenter.Options.Ports.Talos);
    }

    public TimeSpan ControllerCpu => _controller.CpuTime;

    public int RobotCalls => _datacenter.Robot.Requests.Count;

    public IEnumerable<string> CallsByKind() => _datacenter.Robot.Requests.GroupBy(call => $"{call.Method} {call.Template}").OrderByDescending(kind => kind.Count()).Select(kind => $"{kind.Key}: {kind.Count()}");

    public int Resets => _datacenter.World.Ledger.All().Count(entry => entry.Fact == Fact.ResetPressed);

    private string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    public static async Task<BenchFleet> StartAsync(int servers)
    {
        var options = new DatacenterOptions { World = new WorldOptions { Servers = servers, TimeScale = Speed, Network = Network } };
        var started = await Datacenter.StartAsync(options, s_clock, CancellationToken.None);
        var fleet = new BenchFleet(started.TryGet(out var datacenter, out var failure) ? datacenter : throw new InvalidOperationException(failure.Sentence));
        await Kubectl.ApplyAsync(fleet.Kubeconfig, BenchManifests.Cluster(datacenter.Factory.BaseAddress));
        await Kubectl.ApplyAsync(fleet.Kubeconfig, string.Concat(datacenter.World.Servers.Select(server => BenchManifests.Host(server.Number))));
        await fleet.UntilAsync(async () => (await fleet.ListAsync<HetznerRobotHost>()).Count(host => host.Status.Phase == "Available") == servers);
        return fleet;
    }

    /// <summary>All of them at once.</summary>
    public async Task<IReadOnlyList<Provisioned>> ProvisionAsync()
    {
        var servers = _datacenter.World.Servers.Select(server => server.Number).ToList();
        var (seen, done) = (new Dictionary<string, DateTimeOffset>(), new Dictionary<string, DateTimeOffset>());
        var applying = Kubectl.ApplyAsync(Kubeconfig, string.Concat(servers.Select(BenchManifests.Machine)));
        await UntilAsync(async () =>
        {
            foreach (var machine in await ListAsync<HetznerRobotMachine>())
            {
                seen.TryAdd(machine.Metadata.Name, s_clock.GetUtcNow());
                if (machine.Status.Initialization?.Provisioned == true) done.TryAdd(machine.Metadata.Name, s_clock.GetUtcNow());
            }

            return done.Count == servers.Count;
        });
        await applying;
        var ledger = _datacenter.World.Ledger.All();
        return [.. servers.Select(server => Provisioned.From([.. ledger.Where(entry => entry.Server == server)], seen[BenchManifests.Name(server)], done[BenchManifests.Name(server)]))];
    }

    public async ValueTask DisposeAsync()
    {
        _controller.Dispose();
        _kubernetes.Dispose();
        _connection.Dispose();
        await _datacenter.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>()
        where T : KubernetesObject, IKubernetesResource =>
        (await _kubernetes.ListAsync<T>(Selection.In(BenchManifests.Namespace), CancellationToken.None)).TryGet(out var list, out var failure) ? list.Items : throw new InvalidOperationException(failure.Message);

    private async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var since = s_clock.GetTimestamp();
        while (!await isSo())
        {
            if (s_clock.GetElapsedTime(since) > s_patience) throw new TimeoutException($"The fleet does not come on:\n{string.Join('\n', (await ListAsync<HetznerRobotMachine>()).Where(machine => machine.Status.Initialization?.Provisioned != true).Select(machine => $"{machine.Metadata.Name} {machine.Status.Phase}: {machine.Status.Message}"))}\nThe controller's log ends with\n{string.Join('\n', _controller.Log.TakeLast(20))}");
            await Task.Delay(s_glance, s_clock);
        }
    }
}
