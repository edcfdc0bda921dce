using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Control;
using Caphr.Host.Diagnostics;
using Caphr.Host.Health;
using Caphr.Host.Journals;
using Caphr.Host.Metrics;
using Caphr.Host.Telemetry;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Rescue;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Composition;

/// <summary>Runs a controller as a process: opens what it needs, starts its graph, tells the world how it is, and takes it down in good order.</summary>
internal static partial class Controller
{
    private const int Failure = 1;

    private static readonly TimeSpan s_answerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_journalPace = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(HostOptions options, TimeProvider clock, Random random, CancellationToken stop)
    {
        using var logging = Logging.Create(options, clock);
        var logger = logging.CreateLogger("Caphr");

        if (!TraceExport.TryStart(options, logging).TryGet(out var traces, out var noTraces)) return Refuse(logger, noTraces.Message);
        using var ownedTraces = traces;

        var connected = options.KubeconfigPath is { } path ? KubernetesConnection.FromKubeconfig(path) : KubernetesConnection.InCluster();
        if (!connected.TryGet(out var connection, out var noConnection)) return Refuse(logger, noConnection.Message);
        using var ownedConnection = connection;

        var board = new HealthBoard();
        using var measures = new Measures();
        using var metrics = new PrometheusPage(measures.Meter);
        measures.BeginAtZero();
        IActorRef<RegionMessage<Envelope>>? region = null;
        await using var health = options.HealthPort is { } port ? new HealthServer(port, board, metrics, async () => region is null || await AnswersAsync(region)) : null;
        if (health is not null && await health.StartAsync(stop) is { } notHeard) return Refuse(logger, notHeard);

        var opened = await OpenJournalAsync(options, board, logger, clock, stop);
        if (opened is not { } attempt) return 0;
        if (!attempt.TryGet(out var journal, out var noJournal)) return Refuse(logger, noJournal.Message);
        await using var ownedJournal = journal;

        using var connector = new RescueConnector(new RescueConnectorOptions(), clock);
        var outside = new Outside(connection, journal, connector, Environment.MachineName);
        await using var system = new ActorSystem("caphr", clock, random, new ThreadPoolDispatcher());
        var fleet = new FleetBoard();
        system.ActorOf(FleetKeeper.Props(fleet, measures), "fleet");
        using var graph = new ControllerGraph(options, outside, system, board, measures, logging, random);
        region = graph.Region;
        measures.OfFleet(new FleetCount(fleet, clock, () => graph.Watches?.Hosts.All() ?? []));

        var desk = new DiagnosticsDesk(system, fleet, journal, graph.Me, graph.Leases, () => graph.Watches?.Look(fleet.Servers, new Dictionary<ObjectKey, ClusterHealth>(), fleet.Shards));
        var routes = new DiagnosticsRoutes(desk, clock);
        await using var diagnostics = options.Socket is { } socket ? new DiagnosticsServer(socket, routes) : null;
        // Servers are worked all the same: whoever cannot ask reads the log, which says why.
        if (diagnostics is not null && await diagnostics.StartAsync(stop) is { } silent) Log.NoDiagnostics(logger, silent);
        await using var remote = RemoteDiagnostics.Create(options, connection, routes, clock, logging);
        if (remote is not null && await remote.StartAsync(stop) is { } mute) Log.NoDiagnostics(logger, mute);

        Log.Running(logger, graph.Me.Name, connection.Server, options.RobotUrl, journal.Place);
        await Task.WhenAny(system.WhenTerminated, system.WhenStopped(graph.Control), system.WhenStopped(region), Task.Delay(Timeout.InfiniteTimeSpan, clock, stop));
        if (!stop.IsCancellationRequested) return Refuse(logger, "The control loop has failed for good; the errors above say why.");

        Log.Stopping(logger);
        await WayDown(system, region).Run("told to stop");
        return 0;
    }

    /// <summary>A database that does not answer just now is waited for. Null: told to stop meanwhile.</summary>
    private static async Task<Outcome<JournalStore, JournalFailure>?> OpenJournalAsync(HostOptions options, HealthBoard board, ILogger logger, TimeProvider clock, CancellationToken stop)
    {
        string? said = null;
        try
        {
            while (true)
            {
                var opened = await JournalStore.OpenAsync(options, stop);
                board.Set("journal", opened.Failure?.Message);
                if (opened.Failure is not { Error: JournalError.Unreachable } failure) return opened;
                if (said != failure.Message) Log.WaitsForJournal(logger, failure.Message);
                said = failure.Message;
                await Task.Delay(s_journalPace, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<bool> AnswersAsync(IActorRef<RegionMessage<Envelope>> region)
    {
        try
        {
            await region.Ask<OpenShards>(replyTo => new RegionMessage<Envelope>.Show(replyTo), s_answerTime);
            return true;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Kubernetes gives a pod thirty seconds. A hand-over takes one, or some when a reset is on its way, and whoever cannot reach the journal any more need not wait for it.</summary>
    private static CoordinatedShutdown WayDown(ActorSystem system, IActorRef<RegionMessage<Envelope>> region)
    {
        var handOver = new ShutdownPhase("hand over", TimeSpan.FromSeconds(16));
        var stop = new ShutdownPhase("stop actors", TimeSpan.FromSeconds(10));
        var shutdown = new CoordinatedShutdown(system, handOver, stop);
        shutdown.AddTask(handOver, "shards", cancellation => region.Ask<Left>(replyTo => new RegionMessage<Envelope>.Leave(replyTo), handOver.Timeout, cancellation));
        shutdown.AddTask(stop, "actors", _ => system.Terminate());
        return shutdown;
    }

    private static int Refuse(ILogger logger, string why)
    {
        Log.Refused(logger, why);
        return Failure;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "CAPHR runs as {Replica}: Kubernetes at {Kubernetes}, Robot at {Robot}, journal in {Journal}")]
        public static partial void Running(ILogger logger, string replica, Uri kubernetes, Uri robot, string journal);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the journal: {Why}")]
        public static partial void WaitsForJournal(ILogger logger, string why);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Why}")]
        public static partial void NoDiagnostics(ILogger logger, string why);

        [LoggerMessage(Level = LogLevel.Information, Message = "Stopping")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(Level = LogLevel.Critical, Message = "{Why}")]
        public static partial void Refused(ILogger logger, string why);
    }
}
