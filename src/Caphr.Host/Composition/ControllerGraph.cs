using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Control;
using Caphr.Host.Effects;
using Caphr.Host.Health;
using Caphr.Host.Metrics;
using Caphr.Host.Replicas;
using Caphr.Host.Robot;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Robot;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Composition;

/// <summary>
/// The controller itself, in the order in which a request travels: watches, actors, effects, clients. It knows neither sockets nor files nor
/// signals, so that what runs in a cluster and what runs in a simulation are the same graph.
/// </summary>
internal sealed class ControllerGraph : IDisposable
{
    private readonly KubernetesClient _kubernetes;
    private readonly KubernetesClient _leasing;
    private Informers? _watches;

    public ControllerGraph(HostOptions options, Outside outside, ActorSystem system, HealthBoard board, Measures measures, ILoggerFactory logging, Random random)
    {
        var clock = system.Clock;
        _kubernetes = new KubernetesClient(outside.Kubernetes, clock);
        _leasing = new KubernetesClient(outside.Kubernetes, clock, new KubernetesClientOptions { CallTimeout = options.Lease / 4 });
        var events = new KubernetesEvents(_kubernetes, "caphr", outside.Machine, clock, random);
        system.ActorOf(Props.Create(() => new HealthKeeper(board)) with { MailboxCapacity = ServerRegion.Capacity }, "health");
        system.ActorOf(Props.Create(() => new MeasureKeeper(measures)) with { MailboxCapacity = ServerRegion.Capacity }, "measures");
        system.ActorOf(Props.Create(() => new KernelLog(logging.CreateLogger<KernelLog>())), "kernel-log");

        var secrets = new SecretReader(_kubernetes);
        var keys = new SshKeys(secrets);
        var robotOptions = new RobotClientOptions { BaseAddress = options.RobotUrl };
        var accounts = new RobotAccounts(
            system,
            RobotAccounts.From(secrets),
            credentials => new RobotClient(robotOptions, credentials, clock, outside.Robot?.Invoke()),
            outside.Journal.Ledger,
            new Budget(options.RobotReserve))
        {
            Print = outside.LoginPrint,
        };
        var identities = new TalosIdentities(secrets, clock);
        var robot = new RobotInterpreter(accounts, keys, new EtcdQuorum(identities, options, clock, outside.Nodes), clock);
        var rescue = new RescueInterpreter(outside.Rescue, keys, robot, options, clock);
        var talos = new TalosInterpreter(new NodeConfigurations(secrets), identities, options, clock, random, outside.Nodes);
        var runner = new EffectRunner(robot, rescue, talos, new NodeDismissal(identities, options, clock, outside.Nodes), logging.CreateLogger<EffectRunner>());

        // Whoever waits goes on where the last watch was synced: a single-threaded world has no other thread to go on with.
        var synced = new TaskCompletionSource();
        Me = Replica.Of(options, outside.Journal.Id, random);
        Leases = new KubernetesLeases(_leasing, outside.Kubernetes.Namespace, clock);
        Region = system.ActorOf(
            ServerRegion.Props(
                new ShardRegionOptions(Me, outside.Journal.IsExclusive) { Ready = synced.Task },
                Leases,
                outside.Journal.Claims,
                new Persistence<ServerEvent>(new MeasuredJournal(outside.Journal.Events, measures, clock), ServerEvents.Codec),
                new MeasuredEffects(runner, measures, clock)),
            "servers");
        var check = new ClusterCheck(accounts, keys);
        // A control loop that had to be restarted begins with watches of its own.
        measures.OfWatches(() => Watches?.Watches ?? []);
        measures.OfEvents(() => events.CutShort);
        Control = system.ActorOf(
            Props.Create(() => new ControlLoop(
                Watches = new Informers(_kubernetes, options, board, synced, clock, random, logging.CreateLogger<Informers>()), _kubernetes, events, check, Region, measures, logging.CreateLogger<ControlLoop>())) with
            {
                MailboxCapacity = ServerRegion.Capacity,
            },
            "control");
    }

    public Member Me { get; }

    public IMemberLeases Leases { get; }

    public IActorRef<RegionMessage<Envelope>> Region { get; }

    public IActorRef Control { get; }

    /// <summary>Null until the control loop has begun.</summary>
    public Informers? Watches
    {
        get => Volatile.Read(ref _watches);
        private set => Volatile.Write(ref _watches, value);
    }

    /// <summary>After the system has ended.</summary>
    public void Dispose()
    {
        _leasing.Dispose();
        _kubernetes.Dispose();
    }
}
