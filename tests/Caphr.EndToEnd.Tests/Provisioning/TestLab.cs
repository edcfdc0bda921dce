using Caphr.EndToEnd.Tests.Deploy;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Lab;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>A datacenter of its own for one test, the demo's manifests for it, and a controller that can be killed.</summary>
internal sealed class TestLab : IAsyncDisposable
{
#pragma warning disable RS0030 // These tests run real processes, and real processes live in real time.
    public static readonly TimeProvider Clock = TimeProvider.System;
#pragma warning restore RS0030

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);

    private readonly string _folder = Directory.CreateTempSubdirectory("caphr-e2e-").FullName;
    private readonly KubernetesConnection _connection;
    private ControllerUnderTest? _controller;

    private readonly bool _allowsAll;

    private TestLab(Datacenter datacenter, bool allowsAll)
    {
        Datacenter = datacenter;
        _allowsAll = allowsAll;
        datacenter.Kubernetes.WriteKubeconfig(Kubeconfig);
        _connection = new KubernetesConnection { Server = datacenter.Kubernetes.BaseAddress };
        Kubernetes = new KubernetesClient(_connection, Clock);
    }

    public Datacenter Datacenter { get; }

    public KubernetesClient Kubernetes { get; }

    /// <summary>An administrator's.</summary>
    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    /// <summary>Of the account that the controller has where it is installed, with the roles that are shipped.</summary>
    public string ControllerKubeconfig => Path.Combine(_folder, "kubeconfig-of-caphr");

    /// <summary>What the controller has asked of the Kubernetes API.</summary>
    public IEnumerable<LabAccess> Accesses => Datacenter.Kubernetes.Accesses.Where(access => access.User == ShippedRoles.Account);

    /// <summary>Where a controller without a database keeps its journal.</summary>
    public string DataDirectory => Path.Combine(_folder, "data");

    public IReadOnlyList<string> Log => _controller?.Log ?? [];

    /// <param name="network">Second byte of the servers' addresses: one for each test, so that they can run beside each other.</param>
    /// <param name="without">A verb on a resource that the controller's roles are to lack. Else they are as shipped, and a refused call ends the test.</param>
    public static async Task<TestLab> StartAsync(byte network, int servers, double speed = 30, LabRobotOptions? robot = null, (string Verb, string Resource)? without = null)
    {
        var options = new DatacenterOptions
        {
            World = new WorldOptions { Servers = servers, TimeScale = speed, Network = network },
            Robot = robot ?? new LabRobotOptions(),
            Security = ShippedRoles.Security,
        };
        var started = await Datacenter.StartAsync(options, Clock, CancellationToken.None);
        var lab = new TestLab(started.TryGet(out var datacenter, out var failure) ? datacenter : throw new InvalidOperationException(failure.Sentence), allowsAll: without is null);
        await ShippedRoles.GrantAsync(datacenter.Kubernetes, lab.Kubeconfig, lab.ControllerKubeconfig, without);
        return lab;
    }

    /// <summary>The demo's own files, of which a test may want only some, or some of them changed.</summary>
    public async Task ApplyDemoAsync(Func<string, bool>? want = null, Func<string, string>? change = null)
    {
        var documents = Directory.GetFiles(Path.Combine(Checkout.Root, "examples", "demo"), "*.yaml")
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
        var postgres = Path.Combine(_folder, "postgres");
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
        _controller!.Dispose();
        _controller = null;
    }

    /// <summary>As when the volume is lost, or the objects were moved to another management cluster.</summary>
    public void ForgetJournal() => Directory.Delete(DataDirectory, recursive: true);

    public Task<string> KubectlAsync(params string[] arguments) => RunKubectlAsync("", arguments);

    public async Task<T?> GetAsync<T>(string name)
        where T : KubernetesObject, IKubernetesResource =>
        (await Kubernetes.GetAsync<T>(new ObjectKey("demo", name), CancellationToken.None)).TryGet(out var found, out _) ? found : null;

    /// <summary>Looks until it is so. What it waited for, and the end of the controller's log, are in the failure.</summary>
    public async Task EventuallyAsync(string what, Func<Task<bool>> isSo)
    {
        var since = Clock.GetTimestamp();
        while (!await isSo())
        {
            if (_allowsAll) Assert.DoesNotContain(Accesses, access => !access.IsAllowed);
            if (_controller?.HasEnded == true || Clock.GetElapsedTime(since) > s_patience) Assert.Fail($"Not within {s_patience.TotalSeconds:0} s: {what}\n{string.Join('\n', Log.TakeLast(40))}");
            await Task.Delay(s_glance, Clock);
        }
    }

    public Task EventuallyAsync(string what, Func<bool> isSo) => EventuallyAsync(what, () => Task.FromResult(isSo()));

    public async ValueTask DisposeAsync()
    {
        _controller?.Dispose();
        Kubernetes.Dispose();
        _connection.Dispose();
        await Datacenter.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<string> RunKubectlAsync(string input, string[] arguments) => Kubectl.RunAsync(Kubeconfig, input, arguments, () => Log);
}
