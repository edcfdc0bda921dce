using Caphr.EndToEnd.Tests.Deploy;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Lab;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Robot;
using Caphr.Lab.StandIns.Moving;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>A datacenter of its own for one test, the demo's manifests for it, and a controller that can be killed.</summary>
internal sealed class TestLab : IAsyncDisposable
{
#pragma warning disable RS0030 // These tests run real processes, and real processes live in real time.
    public static readonly TimeProvider Clock = TimeProvider.System;
#pragma warning restore RS0030

    public const string Namespace = "demo";

    private static readonly Fact[] s_onceEach = [Fact.RescueOrdered, Fact.ResetPressed, Fact.DiskWriteStarted, Fact.ConfigurationApplied];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);

    private readonly string _folder;
    private readonly TimeSpan _patience;
    private readonly bool _allowsAll;
    private readonly List<ManagementCluster> _clusters = [];
    private ControllerUnderTest? _controller;

    private TestLab(Datacenter datacenter, string folder, ManagementCluster cluster, TimeSpan patience, bool allowsAll)
    {
        Datacenter = datacenter;
        _folder = folder;
        _patience = patience;
        _allowsAll = allowsAll;
        _clusters.Add(cluster);
    }

    public Datacenter Datacenter { get; }

    public KubernetesClient Kubernetes => Cluster.Client;

    /// <summary>An administrator's.</summary>
    public string Kubeconfig => Cluster.Kubeconfig;

    /// <summary>Of the account that the controller has where it is installed, with the roles that are shipped.</summary>
    public string ControllerKubeconfig => Cluster.ControllerKubeconfig;

    /// <summary>What controllers have asked of the Kubernetes API.</summary>
    public IEnumerable<LabAccess> Accesses => _clusters.SelectMany(cluster => cluster.Accesses);

    /// <summary>Where a controller without a database keeps its journal. One that the objects were moved to has its own.</summary>
    public string DataDirectory => FileOf(_clusters.Count == 1 ? "data" : $"data-{_clusters.Count}");

    /// <summary>What else to tell of a test that has waited in vain.</summary>
    public Func<Task<string>>? Story { get; set; }

    /// <summary>Where the objects are.</summary>
    private ManagementCluster Cluster => _clusters[^1];

    public IReadOnlyList<string> Log => _controller?.Log ?? [];

    /// <param name="network">Second byte of the servers' addresses: one for each test, so that they can run beside each other.</param>
    /// <param name="patience">How long anything may be waited for, which is minutes unless a test asks for more.</param>
    /// <param name="without">A verb on a resource that the controller's roles are to lack. Else they are as shipped, and a refused call ends the test.</param>
    public static async Task<TestLab> StartAsync(byte network, int servers, double speed = 30, LabRobotOptions? robot = null, (string Verb, string Resource)? without = null, TimeSpan? patience = null)
    {
        var options = new DatacenterOptions
        {
            World = new WorldOptions { Servers = servers, TimeScale = speed, Network = network },
            Robot = robot ?? new LabRobotOptions(),
            Security = ShippedRoles.Security,
        };
        var started = await Datacenter.StartAsync(options, Clock, CancellationToken.None);
        var datacenter = started.TryGet(out var open, out var failure) ? open : throw new InvalidOperationException(failure.Sentence);
        var folder = Directory.CreateTempSubdirectory("caphr-e2e-").FullName;
        var cluster = await ManagementCluster.OpenAsync(datacenter.Kubernetes, Path.Combine(folder, "kubeconfig"), without);
        return new TestLab(datacenter, folder, cluster, patience ?? s_patience, allowsAll: without is null);
    }

    /// <summary>The demo's own files, of which a test may want only some, or some of them changed.</summary>
    public Task ApplyDemoAsync(Func<string, bool>? want = null, Func<string, string>? change = null) => ApplyExampleAsync("demo", want, change);

    public async Task ApplyExampleAsync(string name, Func<string, bool>? want = null, Func<string, string>? change = null)
    {
        var documents = Directory.GetFiles(Path.Combine(Checkout.Root, "examples", name), "*.yaml")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadAllText(file).Split("\n---\n"))
            .Where(document => want?.Invoke(document) ?? true)
            .Select(document => document.Replace("http://127.0.0.1:18481", Datacenter.Factory.BaseAddress.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal))
            .Select(document => change?.Invoke(document) ?? document);
        await ApplyAsync(string.Join("\n---\n", documents));
    }

    public Task ApplyAsync(string manifests) => RunKubectlAsync(manifests, ["apply", "-f", "-"]);

    /// <summary>As a MachineHealthCheck does.</summary>
    public async Task RequestRepairAsync(string machine) => await ApplyAsync($$"""
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotRemediation
        metadata:
          name: {{machine}}
          namespace: demo
          ownerReferences:
          - { apiVersion: cluster.x-k8s.io/v1beta2, kind: Machine, name: {{machine}}, uid: {{(await GetAsync<Machine>(machine))!.Metadata.Uid}} }
        spec:
          strategy: { type: Reboot, retryLimit: 2, timeout: 600s }
        """);

    public void StartController(params string[] more) => _controller = ControllerUnderTest.Start(
        ControllerKubeconfig, DataDirectory, Datacenter.Robot.BaseAddress, Datacenter.Options.Ports.Rescue, Datacenter.Options.Ports.Talos, more);

    /// <summary>One of several that share a database. It is the caller's to end.</summary>
    public ControllerUnderTest StartReplica(string name, string connectionString, int leaseSeconds, params string[] more)
    {
        var postgres = FileOf("postgres");
        File.WriteAllText(postgres, connectionString);
        return ControllerUnderTest.Start(
            ControllerKubeconfig, _folder, Datacenter.Robot.BaseAddress, Datacenter.Options.Ports.Rescue, Datacenter.Options.Ports.Talos,
            ["--postgres-file", postgres, "--replica-name", name, "--lease-seconds", leaseSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture), .. more]);
    }

    /// <summary>As a pod is ended. What it ended with.</summary>
    public async Task<int> StopControllerAsync()
    {
        var exit = await _controller!.StopAsync();
        KillController();
        return exit;
    }

    public void KillController()
    {
        _controller?.Dispose();
        _controller = null;
    }

    public string FileOf(string name) => Path.Combine(_folder, name);

    /// <summary>As <c>clusterctl move</c> does. The controllers of both clusters run meanwhile, and then the second is the only one.</summary>
    /// <param name="to">Has the definitions and nothing else. Its client ends with this.</param>
    public async Task MoveAsync(ManagementCluster to)
    {
        using var left = _controller!;
        var from = Cluster;
        _clusters.Add(to);
        StartController();
        var moved = await new LabMove(from.Server.BaseAddress, to.Server.BaseAddress, Clock).RunAsync(Namespace, CancellationToken.None);
        Assert.True(moved.TryGet(out _, out var failure), failure?.ToString());
    }

    /// <summary>As when the volume is lost, or the objects were moved to another management cluster.</summary>
    public void ForgetJournal() => Directory.Delete(DataDirectory, recursive: true);

    public Task<string> KubectlAsync(params string[] arguments) => RunKubectlAsync("", arguments);

    public async Task<T?> GetAsync<T>(string name)
        where T : KubernetesObject, IKubernetesResource =>
        (await Kubernetes.GetAsync<T>(new ObjectKey(Namespace, name), CancellationToken.None)).TryGet(out var found, out _) ? found : null;

    public async Task<string?> PhaseOfAsync(string machine) => (await GetAsync<HetznerRobotMachine>(machine))?.Status.Phase;

    public async Task<IReadOnlyList<T>> ListAsync<T>(string? labels = null)
        where T : KubernetesObject, IKubernetesResource =>
        (await Kubernetes.ListAsync<T>(Selection.In(Namespace) with { Labels = labels }, CancellationToken.None)).TryGet(out var list, out var failure)
            ? list.Items
            : throw new InvalidOperationException(failure.Message);

    /// <summary>Of every server that anything was done to: one rescue order, one reset, one write, one configuration, and nothing wiped.</summary>
    public void AssertEachServerWasInstalledOnce()
    {
        foreach (var server in Datacenter.World.Ledger.All().GroupBy(entry => entry.Server))
        {
            Assert.Equal([1, 1, 1, 1], s_onceEach.Select(fact => server.Count(entry => entry.Fact == fact)));
            Assert.DoesNotContain(server, entry => entry.Fact == Fact.DiskWiped);
        }
    }

    /// <summary>Looks until it is so. What it waited for, and the end of the controller's log, are in the failure.</summary>
    public async Task EventuallyAsync(string what, Func<Task<bool>> isSo)
    {
        var since = Clock.GetTimestamp();
        while (!await isSo())
        {
            if (_allowsAll) Assert.DoesNotContain(Accesses, access => !access.IsAllowed);
            if (_controller?.HasEnded == true || Clock.GetElapsedTime(since) > _patience)
            {
                var story = Story is { } told ? await told() : "";
                Assert.Fail($"Not within {_patience.TotalSeconds:0} s: {what}\n{story}\n{string.Join('\n', Log.TakeLast(40))}");
            }

            await Task.Delay(s_glance, Clock);
        }
    }

    public Task EventuallyAsync(string what, Func<bool> isSo) => EventuallyAsync(what, () => Task.FromResult(isSo()));

    public async ValueTask DisposeAsync()
    {
        KillController();
        foreach (var cluster in _clusters) cluster.Dispose();
        await Datacenter.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<string> RunKubectlAsync(string input, string[] arguments) => Kubectl.RunAsync(Kubeconfig, input, arguments, () => Log);
}
