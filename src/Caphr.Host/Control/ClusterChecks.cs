using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// When the credentials of which cluster are tried, and what came of it. One check of a cluster is under way at a time; other credentials are tried
/// at once, the same ones at their pace, and sooner while they do not work, because then people wait for them.
/// </summary>
internal sealed class ClusterChecks
{
    private static readonly TimeSpan s_healthyPace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_sickPace = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ObjectKey, ClusterHealth> _health = [];
    private readonly Dictionary<ObjectKey, (RobotAccess Access, DateTimeOffset Next)> _checks = [];
    private readonly HashSet<ObjectKey> _shut = [];

    public IReadOnlyDictionary<ObjectKey, ClusterHealth> Health => _health;

    /// <summary>The checks to start now. Each counts as under way, and <see cref="Settle"/> is owed.</summary>
    /// <param name="clusters">All that are known.</param>
    /// <param name="shards">A cluster is the business of whoever has its shard.</param>
    /// <param name="now">The present.</param>
    public Turn Ask(IReadOnlyList<HetznerRobotCluster> clusters, IReadOnlySet<int> shards, DateTimeOffset now)
    {
        List<(ObjectKey Cluster, RobotAccess Access)> start = [];
        TimeSpan? again = null;
        foreach (var cluster in clusters.Where(cluster => shards.Contains(WorldView.ShardOf(cluster))))
        {
            var access = WishBuilder.AccessOf(cluster);
            if (_checks.TryGetValue(cluster.Key, out var last) && last.Access == access && last.Next > now)
            {
                if (last.Next != DateTimeOffset.MaxValue && !(again <= last.Next - now)) again = last.Next - now;
                continue;
            }

            // Until its answer comes, one check is under way.
            _checks[cluster.Key] = (access, DateTimeOffset.MaxValue);
            start.Add((cluster.Key, access));
        }

        Forget(clusters);
        return new Turn(start, again);
    }

    /// <returns>False when it was known before.</returns>
    public bool Settle(ObjectKey cluster, RobotAccess access, ClusterHealth health, DateTimeOffset now)
    {
        var isNews = _health.GetValueOrDefault(cluster) != health;
        _health[cluster] = health;
        _checks[cluster] = (access, now + (health.Reason is null ? s_healthyPace : s_sickPace));
        return isNews;
    }

    /// <summary>
    /// Whether some cluster's Robot, which could not be asked before, can be asked again: whoever waited for that need not wait for their next try.
    /// Read from the status, because another replica may have tried it.
    /// </summary>
    public bool OneHasOpened(WorldView world)
    {
        var opened = false;
        foreach (var cluster in world.InfraClusters)
        {
            var gates = cluster.Status.Conditions.Where(condition => condition.Type is "CredentialsAvailable" or "RobotReachable").ToList();
            if (gates.Exists(gate => gate.Status == "False")) _shut.Add(cluster.Key);
            else if (gates.Exists(gate => gate.Status == "True")) opened |= _shut.Remove(cluster.Key);
        }

        return opened;
    }

    private void Forget(IReadOnlyList<HetznerRobotCluster> clusters)
    {
        if (_checks.Count <= clusters.Count && _shut.Count <= clusters.Count) return;
        var known = clusters.Select(cluster => cluster.Key).ToHashSet();
        foreach (var gone in _checks.Keys.Where(cluster => !known.Contains(cluster)).ToList())
        {
            _checks.Remove(gone);
            _health.Remove(gone);
        }

        _shut.IntersectWith(known);
    }

    /// <param name="Again">When to ask again although nothing changes until then.</param>
    internal readonly record struct Turn(IReadOnlyList<(ObjectKey Cluster, RobotAccess Access)> Start, TimeSpan? Again);
}
