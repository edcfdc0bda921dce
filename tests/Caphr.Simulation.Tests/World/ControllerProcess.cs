using System.Collections.Concurrent;
using System.Net;
using Caphr.Actors.Kernel;
using Caphr.Host;
using Caphr.Host.Composition;
using Caphr.Host.Health;
using Caphr.Host.Metrics;
using Caphr.Host.Robot;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Robot;

namespace Caphr.Simulation.Tests.World;

/// <summary>
/// One controller, whole, as <c>caphr run</c> puts it together. It can be killed between any two steps: nothing of it runs afterwards, and what it had
/// sent before arrives.
/// </summary>
internal sealed class ControllerProcess : SynchronizationContext, IDispatcher, IDisposable
{
    public static readonly Uri Robot = new("http://robot.example");

    // Of a login follows its print and nothing else, whichever world it is in.
    private static readonly ConcurrentDictionary<RobotCredentials, string> s_prints = [];

    private readonly SimulatedWorld _world;
    private readonly Measures _measures = new();
    private readonly ApiTransport _api;
    private readonly KubernetesConnection _connection;
    private ControllerGraph? _graph;
    private Hearing? _hearing;
    private List<Action>? _held;

    public ControllerProcess(SimulatedWorld world, string name, Random random)
    {
        _world = world;
        Name = name;
        Clock = new ProcessClock(world.Clock, this);
        Wire = new Wire(world.Dispatcher, new Random(random.Next()));
        _api = new ApiTransport(world.Api, world.Dispatcher, Wire);
        _connection = new KubernetesConnection { Server = SimulatedWorld.ApiAddress, Namespace = "caphr-system", Transport = _api.NewHandler };
        var systemRandom = new Random(random.Next());
        var hostRandom = new Random(random.Next());
        Enter(() =>
        {
            var store = world.Database.Open(Wire, isExclusive: world.Options.Replicas == 1);
            var nodes = new NodeTransport(world.Lab, world.Nodes, world.Certificates, world.Dispatcher, Wire, Sending);
            var outside = new Outside(_connection, store, new SimulatedRescue(world.Lab, world.Rescue, Wire, Sending), name)
            {
                Robot = () => new RobotTransport(world.Robot, Wire, IPAddress.Loopback, call => world.Watch.RobotCalled(this, call), call => world.Watch.LoginRejected(this, call)),
                Nodes = nodes.NewHandler,
                LoginPrint = credentials => s_prints.GetOrAdd(credentials, LoginPrint.Of),
            };
            var options = new HostOptions { DataDirectory = "", ReplicaName = name, RobotUrl = Robot, Lease = world.Options.Lease };
            var system = new ActorSystem("caphr", Clock, systemRandom, this);
            _hearing = new Hearing(system.EventStream, world.Watch.Coverage);
            _graph = new ControllerGraph(options, outside, system, new HealthBoard(), _measures, world.Logs.For(name), hostRandom);
        });
    }

    public string Name { get; }

    public ProcessClock Clock { get; }

    public Wire Wire { get; }

    public bool IsAlive { get; private set; } = true;

    public bool StandsStill => _held is not null;

    /// <summary>False: what a person writes now may reach it only much later.</summary>
    public bool HearsNews => Wire.StateOf(Link.Kubernetes) == LinkState.Whole && Wire.WatchesLate == TimeSpan.Zero && !StandsStill;

    public Hearing Hearing => _hearing!;

    /// <summary>As the others see it.</summary>
    public string Member => _graph!.Me.Name;

    public int Throughput => 1;

    public void Schedule(IThreadPoolWorkItem turn) => _world.Dispatcher.Post(_ => Enter(turn.Execute), null);

    public override void Post(SendOrPostCallback d, object? state) => _world.Dispatcher.Post(_ => Enter(() => d(state)), null);

    public override void Send(SendOrPostCallback d, object? state) => Enter(() => d(state));

    public override SynchronizationContext CreateCopy() => this;

    public void Enter(Action action)
    {
        if (!IsAlive) return;
        if (_held is { } held)
        {
            held.Add(action);
            return;
        }

        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            if (_world.Meter is { } meter) meter.Do(action);
            else action();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>As a machine that swaps, or a node that was suspended: time passes, and nothing of it runs. What it has sent arrives.</summary>
    public void StandStill() => _held ??= [];

    /// <summary>As if no time had passed, with everything that came meanwhile at once.</summary>
    public void GoOn()
    {
        if (_held is not { } held) return;
        _held = null;
        foreach (var action in held) _world.Dispatcher.Post(_ => Enter(action), null);
    }

    public void Kill()
    {
        if (!IsAlive) return;
        IsAlive = false;
        _world.Dispatcher.Run(() => _api.Dispose());
    }

    public void Dispose()
    {
        Kill();
        _api.Dispose();
        _measures.Dispose();
        _connection.Dispose();
    }

    private void Sending(LabServer server, string what) => _world.Watch.ServerCalled(this, server, what);
}
