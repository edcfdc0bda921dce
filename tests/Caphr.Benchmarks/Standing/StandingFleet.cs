using System.Security.Cryptography;
using System.Text;
using Caphr.Benchmarks.Fleet;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Host.Control;
using Caphr.Host.Diagnostics;
using Caphr.Lab;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Benchmarks.Standing;

/// <summary>So many servers that were all provisioned once: their objects in a Lab's API server, their past in a SQLite journal, and the shipped controller. No node runs, for none is asked.</summary>
internal sealed class StandingFleet : IAsyncDisposable
{
    private const byte Network = 242;

    private static readonly TimeProvider s_clock = new RealTime();
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-bench-");
    private readonly Datacenter _datacenter;
    private readonly KubernetesConnection _connection;
    private readonly KubernetesClient _kubernetes;
    private readonly DiagnosticsClient _host;
    private readonly int _count;
    private ControllerUnderTest? _controller;
    private long _calls;
    private long _writes;
    private long _lastWrite;

    private StandingFleet(Datacenter datacenter, int count)
    {
        (_datacenter, _count) = (datacenter, count);
        datacenter.Kubernetes.WriteKubeconfig(Kubeconfig);
        _connection = new KubernetesConnection { Server = datacenter.Kubernetes.BaseAddress };
        _kubernetes = new KubernetesClient(_connection, s_clock);
        _host = DiagnosticsClient.AtSocket(SocketPath);
    }

    public ControllerUnderTest Controller => _controller!;

    /// <summary>Of whomever, to the API server. A watch is one.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>All but the renewal of Leases.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    public int RobotCalls => _datacenter.Robot.Requests.Count;

    private string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    private string Data => Path.Combine(_folder.FullName, "data");

    public static async Task<StandingFleet> MakeAsync(int count)
    {
        var options = new DatacenterOptions { World = new WorldOptions { Servers = 1, Network = Network }, StandIns = null };
        var started = await Datacenter.StartAsync(options, s_clock, CancellationToken.None);
        var fleet = new StandingFleet(started.TryGet(out var datacenter, out var failure) ? datacenter : throw new InvalidOperationException(failure.Sentence), count);
        await fleet.FillAsync();
        // It is never refused: only counted.
        datacenter.Kubernetes.Faults.AnswerNext(int.MaxValue, 500, fleet.Count);
        return fleet;
    }

    public void Start() => _controller = ControllerUnderTest.Start(Kubeconfig, Data, _datacenter.Robot.BaseAddress, _datacenter.Options.Ports.Rescue, _datacenter.Options.Ports.Talos, "--socket", SocketPath);

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _controller?.Dispose();
        _controller = null;
        File.Delete(SocketPath);
    }

    /// <summary>From now until every server's actor says that its server is provisioned.</summary>
    public async Task<TimeSpan> AllActAsync()
    {
        var since = s_clock.GetTimestamp();
        while (await ActingAsync() < _count) await Task.Delay(s_glance, s_clock);
        return s_clock.GetElapsedTime(since);
    }

    /// <summary>From now until the last write, after which nothing was written for a while.</summary>
    /// <param name="atLeast">So many writes there will be.</param>
    public async Task<TimeSpan> SettleAsync(long atLeast)
    {
        var since = s_clock.GetTimestamp();
        Volatile.Write(ref _lastWrite, since);
        while (Writes < atLeast || s_clock.GetElapsedTime(Volatile.Read(ref _lastWrite)) < s_quiet) await Task.Delay(s_glance, s_clock);
        return s_clock.GetElapsedTime(since, Volatile.Read(ref _lastWrite));
    }

    /// <summary>What anybody may do to a host at any time, and what nothing follows from.</summary>
    public async Task TouchAsync(int number, string value)
    {
        var touched = await _kubernetes.PatchAsync<HetznerRobotHost>(
            new ObjectKey(BenchManifests.Namespace, BenchManifests.Name(number)),
            Patch.Merge(new System.Text.Json.Nodes.JsonObject { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["annotations"] = new System.Text.Json.Nodes.JsonObject { ["bench"] = value } } }),
            CancellationToken.None);
        if (touched.Failure is { } refused) throw new InvalidOperationException(refused.Message);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        _host.Dispose();
        _kubernetes.Dispose();
        _connection.Dispose();
        await _datacenter.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string SocketPath => Path.Combine(_folder.FullName, "caphr.sock");

    private bool Count(string method, string path)
    {
        Interlocked.Increment(ref _calls);
        if (method == "GET" || path.Contains("/leases", StringComparison.Ordinal)) return false;
        Interlocked.Increment(ref _writes);
        Volatile.Write(ref _lastWrite, s_clock.GetTimestamp());
        return false;
    }

    private async Task FillAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Kubectl.ApplyAsync(Kubeconfig, BenchManifests.Cluster(_datacenter.Factory.BaseAddress));
        await CreateAsync(new Secret
        {
            Metadata = new ObjectMeta { Name = "rescue-ssh", Namespace = BenchManifests.Namespace },
            Type = "Opaque",
            Data = new Dictionary<string, byte[]> { ["ssh-privatekey"] = Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()) },
        });
        var servers = new (int Number, string Uid)[_count];
        await Parallel.ForAsync(1, _count + 1, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) => servers[number - 1] = (number, await MakeAsync(new ServerSlot(number))));
        await History.WriteAsync(Data, servers, _datacenter.Factory.BaseAddress, BenchManifests.Namespace);
    }

    /// <returns>The UID of its Machine.</returns>
    private async Task<string> MakeAsync(ServerSlot server)
    {
        var machine = await CreateAsync(new Machine
        {
            Metadata = server.Meta,
            Spec = new MachineSpec
            {
                ClusterName = "bench",
                Bootstrap = new MachineBootstrap { DataSecretName = $"{server.Name}-bootstrap-data" },
                InfrastructureRef = new ClusterApiReference { ApiGroup = Infrastructure.Group, Kind = HetznerRobotMachine.Resource.Kind, Name = server.Name },
            },
        });
        await CreateAsync(new HetznerRobotMachine
        {
            Metadata = server.Meta with
            {
                Finalizers = [Names.MachineFinalizer],
                OwnerReferences = [new OwnerReference { ApiVersion = "cluster.x-k8s.io/v1beta2", Kind = "Machine", Name = server.Name, Uid = machine.Metadata.Uid!, Controller = true }],
            },
            Spec = new HetznerRobotMachineSpec { TalosVersion = "v1.12.4", ProviderID = $"hetzner-robot://{server.Number}" },
        });
        await CreateAsync(new HetznerRobotHost
        {
            Metadata = server.Meta with { Finalizers = [Names.HostFinalizer] },
            Spec = new HetznerRobotHostSpec
            {
                ServerID = server.Number,
                ConsumerRef = new ConsumerReference { Kind = HetznerRobotMachine.Resource.Kind, Name = server.Name, Namespace = BenchManifests.Namespace, Uid = machine.Metadata.Uid! },
            },
        });
        return machine.Metadata.Uid!;
    }

    private async Task<T> CreateAsync<T>(T wanted)
        where T : KubernetesObject, IKubernetesResource =>
        (await _kubernetes.CreateAsync(wanted, CancellationToken.None)).TryGet(out var made, out var failure) ? made : throw new InvalidOperationException(failure.Message);

    private async Task<int> ActingAsync()
    {
        // A host that does not listen yet, or does not know its servers yet, answers with a failure.
        if (!(await _host.AskAsync("servers", CancellationToken.None)).TryGet(out var servers, out _)) return 0;
        return servers.EnumerateArray().Count(server => server.GetProperty("here").GetBoolean() && server.GetProperty("phase").GetString() == "Provisioned");
    }

    private sealed record ServerSlot(int Number)
    {
        public string Name => BenchManifests.Name(Number);

        public ObjectMeta Meta => new() { Name = Name, Namespace = BenchManifests.Namespace, Labels = new Dictionary<string, string> { [ClusterApi.ClusterNameLabel] = "bench" } };
    }
}
