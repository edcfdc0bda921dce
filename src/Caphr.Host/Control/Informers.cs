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
    private readonly InformerOptions _options;
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
        _options = new InformerOptions { Selection = options.Namespace is { } only ? Selection.In(only) : Selection.Everything };
        InfraClusters = Watch<HetznerRobotCluster>();
        Hosts = Watch<HetznerRobotHost>();
        InfraMachines = Watch<HetznerRobotMachine>();
        Clusters = Watch<Cluster>();
        Machines = Watch<Machine>();
    }

    public Informer<HetznerRobotCluster> InfraClusters { get; }

    public Informer<HetznerRobotHost> Hosts { get; }

    public Informer<HetznerRobotMachine> InfraMachines { get; }

    public Informer<Cluster> Clusters { get; }

    public Informer<Machine> Machines { get; }

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

        await Task.WhenAll(running);
    }

    public WorldView Look(IReadOnlyDictionary<ServerNumber, ServerSnapshot> servers, IReadOnlyDictionary<ObjectKey, ClusterHealth> health, IReadOnlySet<int> shards) =>
        new(InfraClusters.All(), Hosts.All(), InfraMachines.All(), Clusters.All(), Machines.All(), servers, health, shards, _clock.GetUtcNow());

    private Informer<T> Watch<T>()
        where T : KubernetesObject, IKubernetesResource
    {
        var informer = new Informer<T>(
            _client,
            _options,
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
        return informer;
    }

    private void Tell<T>(string? why)
        where T : IKubernetesResource => _health.Set($"watch of {T.Resource.Plural}", why);

    private void Say(string plural, InformerState state)
    {
        if (state is InformerState.Connected) Log.Connected(_logger, plural);
        if (state is InformerState.Disconnected lost) Log.Disconnected(_logger, plural, lost.Reason.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Watching {Plural}")]
        public static partial void Connected(ILogger logger, string plural);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Not watching {Plural}: {Why} Trying again.")]
        public static partial void Disconnected(ILogger logger, string plural, string why);
    }
}
