using System.Globalization;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Lab;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Moving;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Life;

/// <summary>The servers of examples/fleet, two management clusters, and a controller on the one that has the objects.</summary>
internal sealed class FleetLab : IAsyncDisposable
{
    private const string Namespace = "demo";
    private const int ServerCount = 9;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(200);

    private readonly string _folder = Directory.CreateTempSubdirectory("caphr-life-").FullName;
    private readonly Datacenter _datacenter;
    private readonly Action<string> _say;
    private readonly long _began = TestLab.Clock.GetTimestamp();
    private readonly List<IAsyncDisposable> _second = [];
    private readonly List<ControllerUnderTest> _ended = [];
    private ControllerUnderTest? _controller;
    private KubernetesConnection _connection;
    private KubernetesClient _kubernetes;
    private string _kubeconfig;

    private FleetLab(Datacenter datacenter, Action<string> say)
    {
        _datacenter = datacenter;
        _say = say;
        _kubeconfig = Path.Combine(_folder, "first");
        datacenter.Kubernetes.WriteKubeconfig(_kubeconfig);
        _connection = new KubernetesConnection { Server = datacenter.Kubernetes.BaseAddress };
        _kubernetes = new KubernetesClient(_connection, TestLab.Clock);
    }

    public IReadOnlyDictionary<int, LabServer> World => _datacenter.World.Servers.ToDictionary(server => server.Number);

    public IEnumerable<int> Servers => _datacenter.World.Servers.Select(server => server.Number);

    public static async Task<FleetLab> StartAsync(Action<string> say)
    {
        var options = new DatacenterOptions { World = new WorldOptions { Servers = ServerCount, TimeScale = 30, Network = 219 } };
        var started = await Datacenter.StartAsync(options, TestLab.Clock, CancellationToken.None);
        var fleet = new FleetLab(started.TryGet(out var datacenter, out var failure) ? datacenter : throw new InvalidOperationException(failure.Sentence), say);
        fleet._controller = fleet.Start(fleet._kubeconfig, "first");
        return fleet;
    }

    public void Say(string what) => _say(string.Create(CultureInfo.InvariantCulture, $"{TestLab.Clock.GetElapsedTime(_began).TotalSeconds,6:0.0}s  {what}"));

    public async Task ApplyAsync()
    {
        var files = Directory.GetFiles(Path.Combine(Checkout.Root, "examples", "fleet"), "*.yaml").Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file));
        var manifests = string.Join("\n---\n", files).Replace("http://127.0.0.1:18481", _datacenter.Factory.BaseAddress.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal);
        var path = Path.Combine(_folder, "fleet.yaml");
        await File.WriteAllTextAsync(path, manifests);
        await KubectlAsync("apply", "-f", path);
    }

    public void Break(string fault)
    {
        var read = FaultText.Read(fault);
        Assert.True(read.TryGet(out var planned, out var failure), failure?.Sentence);
        Assert.Null(_datacenter.World.Faults.Plan(planned));
    }

    public void Heal(string fault)
    {
        Assert.True(FaultText.ReadFault(fault.Split(' ')).TryGet(out var standing, out var failure), failure?.Sentence);
        Assert.Null(_datacenter.World.Faults.Heal(standing));
    }

    public int Count(int server, Fact fact) => _datacenter.World.Ledger.Count(server, fact);

    public IEnumerable<LedgerEntry> Ledger(int server) => _datacenter.World.Ledger.All().Where(entry => entry.Server == server);

    /// <summary>Servers that something was written to.</summary>
    public IEnumerable<int> InUse() => Servers.Where(server => Count(server, Fact.DiskWritten) > 0);

    public async Task<IReadOnlyList<HetznerRobotHost>> HostsAsync() => await ListAsync<HetznerRobotHost>(Selection.In(Namespace));

    public async Task<IReadOnlyList<HetznerRobotMachine>> MachinesAsync(string? selector = null) =>
        await ListAsync<HetznerRobotMachine>(selector is null ? Selection.In(Namespace) : Selection.In(Namespace) with { Labels = selector["-l=".Length..] });

    public async Task<HetznerRobotMachine?> MachineAsync(string name) =>
        (await _kubernetes.GetAsync<HetznerRobotMachine>(new ObjectKey(Namespace, name), CancellationToken.None)).TryGet(out var found, out _) ? found : null;

    public async Task<int> ServerOfAsync(HetznerRobotMachine machine) => (await HostsAsync()).Single(host => host.Metadata.Name == machine.Status.HostRef!.Name).Spec.ServerID;

    public static string OwnerOf(HetznerRobotMachine machine) => machine.Metadata.OwnerOf(Machine.Resource)!.Name;

    /// <summary>So many Machines of each kind run, and there are no others.</summary>
    public Task RunningAsync(int controlPlanes, int workers) => EventuallyAsync($"{controlPlanes} control planes and {workers} workers run", async () =>
    {
        var machines = await ListAsync<Machine>(Selection.In(Namespace));
        return machines.Count == controlPlanes + workers && machines.Count(machine => machine.IsControlPlane) == controlPlanes && machines.All(machine => machine.Status.Phase == "Running");
    });

    /// <summary>As <c>clusterctl move</c> does, to an API server that has nothing but definitions. The controllers of both run meanwhile.</summary>
    public async Task MoveAsync()
    {
        var second = new LabKubernetes(new LabKubernetesOptions { Clock = TestLab.Clock, Seed = 2 });
        _second.Add(second);
        await second.StartAsync(CancellationToken.None);
        var kubeconfig = Path.Combine(_folder, "second");
        second.WriteKubeconfig(kubeconfig);
        foreach (var definitions in new[] { "lab", "crds", "policies" })
            await RunAsync(kubeconfig, "apply", "-f", Path.Combine(Checkout.Root, "deploy", definitions, definitions == "policies" ? "templates-are-immutable.yaml" : ""));
        var standIns = new LabStandIns(second.BaseAddress, _datacenter.World, _datacenter.Authorities, TestLab.Clock, new StandInOptions { TalosPort = _datacenter.Options.Ports.Talos });
        _second.Add(standIns);
        standIns.Start();
        var other = Start(kubeconfig, "second");

        // Ended with the test, whatever becomes of the move.
        var first = _controller!;
        _controller = other;
        _ended.Add(first);
        var moved = await new LabMove(_datacenter.Kubernetes.BaseAddress, second.BaseAddress, TestLab.Clock).RunAsync(Namespace, CancellationToken.None);
        Assert.True(moved.TryGet(out _, out var failure), failure?.ToString());

        _ended.Remove(first);
        first.Dispose();
        _kubernetes.Dispose();
        _connection.Dispose();
        _kubeconfig = kubeconfig;
        _connection = new KubernetesConnection { Server = second.BaseAddress };
        _kubernetes = new KubernetesClient(_connection, TestLab.Clock);
    }

    public async Task EventuallyAsync(string what, Func<Task<bool>> isSo)
    {
        var since = TestLab.Clock.GetTimestamp();
        while (!await isSo())
        {
            if (_controller?.HasEnded == true || TestLab.Clock.GetElapsedTime(since) > s_patience)
            {
                var story = await KubectlAsync("get", "hrm,hrh,hrr,machines,machinedeployments,taloscontrolplanes", "-o", "wide");
                Assert.Fail($"Not within {s_patience.TotalMinutes:0} min: {what}\n{story}\n{string.Join('\n', (_controller?.Log ?? []).TakeLast(60))}");
            }

            await Task.Delay(s_glance, TestLab.Clock);
        }
    }

    public Task<string> KubectlAsync(params string[] arguments) => RunAsync(_kubeconfig, ["-n", Namespace, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        _controller?.Dispose();
        foreach (var ended in _ended) ended.Dispose();
        _kubernetes.Dispose();
        _connection.Dispose();
        for (var i = _second.Count - 1; i >= 0; i--) await _second[i].DisposeAsync();
        await _datacenter.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ControllerUnderTest Start(string kubeconfig, string journal) => ControllerUnderTest.Start(
        kubeconfig, Path.Combine(_folder, $"data-{journal}"), _datacenter.Robot.BaseAddress, _datacenter.Options.Ports.Rescue, _datacenter.Options.Ports.Talos);

    private async Task<IReadOnlyList<T>> ListAsync<T>(Selection selection)
        where T : KubernetesObject, IKubernetesResource =>
        (await _kubernetes.ListAsync<T>(selection, CancellationToken.None)).TryGet(out var list, out var failure) ? list.Items : throw new InvalidOperationException(failure.Message);

    private Task<string> RunAsync(string kubeconfig, params string[] arguments) => Kubectl.RunAsync(kubeconfig, input: "", arguments, () => _controller?.Log ?? []);
}
