using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Host.Health;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Control;

/// <summary>The watches, one for each kind that the controller looks at. Whatever changes, it is told that something has; it looks by itself.</summary>
internal sealed partial class Informers
{
    private readonly List<(Func<CancellationToken, Task> Run, Func<CancellationToken, Task> Synced)> _all = [];
    private readonly List<Func<WatchState>> _watches = [];
    private readonly KubernetesClient _client;
    private readonly HealthBoard _health;
    private readonly TaskCompletionSource _synced;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly ILogger<Informers> _logger;
    private Action _changed = () => { };

    public Informers(KubernetesClient client, HostOptions options, HealthBoard health, TaskCompletionSource synced, TimeProvider clock, Random random, ILogger<Informers> logger)
    {
        _client = client;
        _health = health;
        _synced = synced;
        _clock = clock;
        _random = random;
        _logger = logger;
        var all = options.Namespace is { } only ? Selection.In(only) : Selection.Everything;
        // Core's own kinds are read whatever their labels: it does not hand the filter on from a Cluster to its Machines.
        var ours = options.WatchFilter is { } value ? all with { Labels = $"{ClusterApi.WatchFilterLabel}={value}" } : all;
        InfraClusters = Watch<HetznerRobotCluster>(ours);
        Hosts = Watch<HetznerRobotHost>(ours);
        InfraMachines = Watch<HetznerRobotMachine>(ours);
        Clusters = Watch<Cluster>(all);
        Machines = Watch<Machine>(all);
        Releases = Watch<HetznerRobotHostRelease>(ours);
        // Made by core from a template, without our labels.
        Remediations = Watch<HetznerRobotRemediation>(all);
        Templates = Watch<HetznerRobotMachineTemplate>(ours);
    }

    public Informer<HetznerRobotCluster> InfraClusters { get; }

    public Informer<HetznerRobotHost> Hosts { get; }

    public Informer<HetznerRobotMachine> InfraMachines { get; }

    public Informer<Cluster> Clusters { get; }

    public Informer<Machine> Machines { get; }

    public Informer<HetznerRobotHostRelease> Releases { get; }

    public Informer<HetznerRobotRemediation> Remediations { get; }

    public Informer<HetznerRobotMachineTemplate> Templates { get; }

    public IEnumerable<WatchState> Watches => _watches.Select(watch => watch());

    /// <summary>Until cancelled. <paramref name="changed"/> is called for the first time when everything is known.</summary>
    public async Task RunAsync(Action changed, CancellationToken cancellation)
    {
        var running = _all.Select(one => one.Run(cancellation)).ToList();
        var synced = Task.WhenAll(_all.Select(one => one.Synced(cancellation)));
        await Task.WhenAny([synced, .. running]);
        if (synced.IsCompletedSuccessfully)
        {
            // Before this nothing is decided: an object not seen yet must not look like one that is gone.
            _changed = changed;
            _synced.TrySetResult();
            Traces.Begin("Watches synced", changed);
        }

        // One that dies of a bug must be heard of, while the others run on for years.
        await await Task.WhenAny(running);
    }

    public WorldView Look(IReadOnlyDictionary<ServerNumber, ServerSnapshot> servers, IReadOnlyDictionary<ObjectKey, ClusterHealth> health, IReadOnlySet<int> shards) =>
        new(InfraClusters.All(), Hosts.All(), InfraMachines.All(), Clusters.All(), Machines.All(), servers, health, shards, _clock.GetUtcNow()) { Releases = Releases.All(), Remediations = Remediations.All(), Templates = Templates.All() };

    /// <summary>Whether there is an object of this name among those that are written to.</summary>
    public bool Knows(string kind, ObjectKey key) =>
        (kind == HetznerRobotHost.Resource.Kind && Hosts.Find(key) is not null)
        || (kind == HetznerRobotMachine.Resource.Kind && InfraMachines.Find(key) is not null)
        || (kind == HetznerRobotCluster.Resource.Kind && InfraClusters.Find(key) is not null)
        || (kind == HetznerRobotHostRelease.Resource.Kind && Releases.Find(key) is not null)
        || (kind == HetznerRobotRemediation.Resource.Kind && Remediations.Find(key) is not null)
        || (kind == Machine.Resource.Kind && Machines.Find(key) is not null)
        || (kind == HetznerRobotMachineTemplate.Resource.Kind && Templates.Find(key) is not null);

    private Informer<T> Watch<T>(Selection selection)
        where T : KubernetesObject, IKubernetesResource
    {
        var informer = new Informer<T>(
            _client,
            new InformerOptions { Selection = selection },
            _clock,
            _random,
            (_, _) =>
            {
                Traces.Begin($"Watch {T.Resource.Plural}", _changed);
                return ValueTask.CompletedTask;
            },
            state =>
            {
                Say(T.Resource.Plural, state);
                Tell<T>((state as InformerState.Disconnected)?.Reason.Message);
            });
        Tell<T>("Not synced yet.");
        _all.Add((informer.RunAsync, informer.WaitForSyncAsync));
        _watches.Add(() => new WatchState(T.Resource.Plural, informer.Staleness, informer.Count));
        return informer;
    }

    private void Tell<T>(string? why)
        where T : IKubernetesResource => _health.Set($"watch of {T.Resource.Plural}", why);

    private void Say(string plural, InformerState state)
    {
        if (state is InformerState.Connected) Log.Connected(_logger, plural);
        if (state is InformerState.Disconnected lost) Log.Disconnected(_logger, plural, lost.Reason.Message);
    }

    /// <param name="Staleness">Time since the API server last said anything about this kind.</param>
    internal readonly record struct WatchState(string Plural, TimeSpan Staleness, int Objects);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Watching {Plural}")]
        public static partial void Connected(ILogger logger, string plural);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Not watching {Plural}: {Why} Trying again.")]
        public static partial void Disconnected(ILogger logger, string plural, string why);
    }
}
