using Caphr.Actors.Kernel.Simulation;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.Rescue;
using Caphr.Lab.Robot;
using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Calls;
using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.Runs;
using Caphr.Simulation.Tests.Runs.Fleets;

namespace Caphr.Simulation.Tests.World;

/// <summary>A datacenter, an API server with everybody who works beside us, a database, and the controllers, all on one thread and one virtual clock.</summary>
internal sealed class SimulatedWorld : IDisposable
{
    public static readonly Uri ApiAddress = new("http://kubernetes.example");

    /// <summary>Each is two writes and all that follows from them. Told every second, they would be most of what happens in a run.</summary>
    private const int ProgressSteps = 4;

    private static readonly DateTimeOffset s_beginning = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An API server with our definitions in it, which is the same in every world.</summary>
    private static readonly Lazy<LabFoundation> s_installed = new(Install);

    private readonly Random _random;
    private readonly List<ControllerProcess> _processes = [];
    private readonly ApiTransport _standInsWay;
    private readonly LabAuthorities _authorities = new();
#pragma warning disable CA2213 // It ends by waiting for itself, and after a run nothing moves any more.
    private LabStandIns? _standIns;
#pragma warning restore CA2213
    private int _named;

    /// <param name="meter">Counts what controllers cost.</param>
    public SimulatedWorld(SimulationOptions options, Action<string>? trace = null, WorkMeter? meter = null)
    {
        Options = options;
        Meter = meter;
        _random = new Random(options.Seed);
        Clock = new VirtualClock(s_beginning);
        Dispatcher = new DeterministicDispatcher(Clock, new Random(_random.Next()));
        Logs = new Logs(Clock);
        Lab = new LabWorld(new WorldOptions { Servers = options.Servers, Seed = _random.Next(), TimeScale = 1, ProgressSteps = ProgressSteps }, Clock);
        Api = new LabKubernetes(new LabKubernetesOptions { Clock = Clock, Seed = _random.Next(), BookmarkInterval = TimeSpan.FromSeconds(60), Foundation = s_installed.Value });
        Robot = new LabRobot(Lab, new LabRobotOptions());
        Rescue = new RescueSystems(Lab, new ImagesOfNames());
        Nodes = new TalosNodes(Lab, new LabTalosOptions { Authorities = _authorities });
        Database = new SimulatedDatabase();
        Person = AtOnce.ClientOf(Api);
        Watch = new Observers(this);
        Watch.Trace.Listener = trace;
        _standInsWay = new ApiTransport(Api, Dispatcher, new Wire(Dispatcher, new Random(_random.Next())));
        Dispatcher.Run(Begin);
    }

    public SimulationOptions Options { get; }

    public WorkMeter? Meter { get; }

    public VirtualClock Clock { get; }

    public DeterministicDispatcher Dispatcher { get; }

    public Logs Logs { get; }

    public LabWorld Lab { get; }

    public LabKubernetes Api { get; }

    public LabRobot Robot { get; }

    public RescueSystems Rescue { get; }

    public TalosNodes Nodes { get; }

    public NodeCertificates Certificates { get; } = new();

    public SimulatedDatabase Database { get; }

    /// <summary>A person's client, for whom no time passes and nothing fails.</summary>
    public HttpClient Person { get; }

    public Observers Watch { get; }

    /// <summary>Nothing goes wrong any more: what has waited for its moment has missed it.</summary>
    public bool IsHealed { get; set; }

    public IReadOnlyList<ControllerProcess> Processes => _processes;

    /// <summary>Starts a controller in the place of the n-th, which is dead.</summary>
    public void StartProcess(int place)
    {
        var process = new ControllerProcess(this, $"caphr-{place}-{++_named}", new Random(_random.Next()));
        if (place == _processes.Count) _processes.Add(process);
        else
        {
            _processes[place].Dispose();
            _processes[place] = process;
        }

        Watch.Note($"{process.Name} starts");
    }

    public void Kill(int place)
    {
        if (!_processes[place].IsAlive) return;
        _processes[place].Kill();
        Watch.Note($"{_processes[place].Name} is killed");
    }

    public void Dispose()
    {
        foreach (var process in _processes) process.Dispose();
        Person.Dispose();
        Nodes.Dispose();
        Rescue.Dispose();
        _standInsWay.Dispose();
    }

    private static LabFoundation Install()
    {
        var api = new LabKubernetes(new LabKubernetesOptions { Clock = new VirtualClock(s_beginning) });
        using var person = AtOnce.ClientOf(api);
        Manifests.Install(person);
        return api.Found();
    }

    private void Begin()
    {
        Api.StartUnheard();
        Manifests.ApplyCluster(Person);
        if (Options.HealthCheck) Manifests.ApplyHealthCheck(Person);
        foreach (var server in Lab.Servers) Manifests.ApplyHost(Person, server);
        for (var number = 1; number <= Options.Machines; number++) Manifests.ApplyMachine(Person, MachineName(number), isControlPlane: number == 1);
        var connection = new KubernetesConnection { Server = ApiAddress, Transport = _standInsWay.NewHandler };
        _standIns = new LabStandIns(connection, Lab, _authorities, Clock, new StandInOptions(), _ => new NoEtcd());
        _standIns.Start();
        for (var place = 0; place < Options.Replicas; place++) StartProcess(place);
    }

    public static string MachineName(int number) => $"m{number}";

    /// <summary>No control plane provider is at work in these worlds, and nobody else asks.</summary>
    private sealed class NoEtcd : IEtcdDoor
    {
        private static readonly TalosFailure s_nobody = new(TalosError.NotListening, "There is no control plane provider here.");

        public Task<Outcome<IReadOnlyList<EtcdPeer>, TalosFailure>> ListMembersAsync(CoreCluster cluster, string address, CancellationToken cancellation) => Task.FromResult<Outcome<IReadOnlyList<EtcdPeer>, TalosFailure>>(s_nobody);

        public Task<Outcome<Done, TalosFailure>> LeaveAsync(CoreCluster cluster, string address, CancellationToken cancellation) => Task.FromResult<Outcome<Done, TalosFailure>>(s_nobody);

        public Task<Outcome<Done, TalosFailure>> RemoveAsync(CoreCluster cluster, string address, ulong member, CancellationToken cancellation) => Task.FromResult<Outcome<Done, TalosFailure>>(s_nobody);
    }
}
