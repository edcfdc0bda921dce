using System.Collections.Concurrent;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Metrics;
using Caphr.Host.Robot;

namespace Caphr.Host.Diagnostics;

/// <summary>What servers, shards and Robot accounts have last said of themselves in this process. One actor writes it; it is read from any thread.</summary>
internal sealed class FleetBoard
{
    private readonly ConcurrentDictionary<ServerNumber, ServerSnapshot> _servers = [];
    private readonly ConcurrentDictionary<int, byte> _shards = [];
    private readonly ConcurrentDictionary<ObjectName, RobotReport> _robots = [];
    private volatile string? _whyNot = "Starting.";

    public IReadOnlyDictionary<ServerNumber, ServerSnapshot> Servers => _servers;

    public IReadOnlySet<int> Shards => _shards.Keys.ToHashSet();

    public IEnumerable<RobotReport> Robots => _robots.Values.OrderBy(report => report.Secret.ToString(), StringComparer.Ordinal);

    /// <summary>Why this process works no servers just now; null while it does.</summary>
    public string? WhyNot => _whyNot;

    public void Hear(ReplicaStanding standing) => _whyNot = standing.WhyNot;

    public void Hear(ServerSnapshot server) => _servers[server.State.Number] = server;

    public void Hear(ServerStopped stopped) => _servers.TryRemove(stopped.Number, out _);

    public void Hear(RobotReport report) => _robots[report.Secret] = report;

    public void Hear(ShardOpened opened) => _shards[opened.Shard] = 0;

    /// <summary>Its servers are another replica's from here on, and what they said here grows old.</summary>
    public void Hear(ShardClosed closed)
    {
        _shards.TryRemove(closed.Shard, out _);
        foreach (var number in _servers.Keys.Where(number => ServerRegion.ShardOf(number) == closed.Shard)) _servers.TryRemove(number, out _);
    }
}

/// <summary>Brings to the board what is published, and measures what a server has behind it.</summary>
internal sealed class FleetKeeper(FleetBoard board, Measures measures) : Actor<Action<FleetBoard>>
{
    public static Props<Action<FleetBoard>> Props(FleetBoard board, Measures measures) =>
        Actors.Kernel.Props.Create(() => new FleetKeeper(board, measures)) with { MailboxCapacity = ServerRegion.Capacity };

    protected override void PreStart()
    {
        Context.Subscribe<ReplicaStanding>(standing => to => to.Hear(standing));
        Context.Subscribe<ServerRecovered>(recovered => to => to.Hear(recovered.Server));
        Context.Subscribe<ServerChanged>(changed => to =>
        {
            ServerPassage.Measure(measures, to.Servers.GetValueOrDefault(changed.Server.State.Number)?.State, changed);
            to.Hear(changed.Server);
        });
        Context.Subscribe<ServerStopped>(stopped => to => to.Hear(stopped));
        Context.Subscribe<ShardOpened>(opened => to => to.Hear(opened));
        Context.Subscribe<ShardClosed>(closed => to => to.Hear(closed));
        Context.Subscribe<RobotReport>(report => to => to.Hear(report));
    }

    protected override void Receive(Action<FleetBoard> message) => message(board);
}
