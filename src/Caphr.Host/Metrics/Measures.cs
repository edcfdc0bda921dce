using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Host.Robot;

namespace Caphr.Host.Metrics;

/// <summary>
/// All that is measured, and every name of it. Names follow the conventions of Prometheus; none has a label for a server or an object, because
/// three thousand of either would be three thousand time series each.
/// </summary>
internal sealed class Measures : IDisposable
{
    private readonly Meter _meter = new("Caphr");
    private readonly ConcurrentDictionary<ObjectName, RobotReport> _robots = [];

    public Measures()
    {
        Robots("caphr_robot_reachable", "1 while a Robot account is asked, 0 while nothing is; its condition RobotReachable says why.", report => [(report.Whole is null ? 1 : 0, [])]);
        RobotTotals("caphr_robot_calls_total", "Calls to Robot.", report => [(report.Calls, [])]);
        RobotTotals("caphr_robot_spared_total", "Questions that an earlier answer, or one to somebody else, has answered.", report => [(report.Spared, [])]);
        Robots("caphr_robot_quota_used", "Calls of an endpoint within its hour, by all replicas.", report => report.Endpoints.Select(one => ((double)one.Used, Endpoint(one))));
        Robots("caphr_robot_quota_allowance", "What CAPHR allows itself of that hour.", report => report.Endpoints.Select(one => ((double)one.Allowance, Endpoint(one))));
        Robots("caphr_robot_waiting", "Questions that wait for their turn.", report => report.Lanes.Select(lane => ((double)lane.Waiting, Lane(lane))));
        Robots("caphr_robot_longest_wait_seconds", "How long the first of them has waited.", report => report.Lanes.Select(lane => (lane.LongestWait.TotalSeconds, Lane(lane))));
        RobotTotals("caphr_robot_served_total", "Questions that Robot was asked.", report => report.Lanes.Select(lane => ((double)lane.Served, Lane(lane))));
        RobotTotals("caphr_robot_waited_seconds_total", "What they had waited, together.", report => report.Lanes.Select(lane => (lane.Waited.TotalSeconds, Lane(lane))));
    }

    public Meter Meter => _meter;

    public void Hear(RobotReport report) => _robots[report.Secret] = report;

    public void OfWatches(Func<IEnumerable<Informers.WatchState>> watches)
    {
        _meter.CreateObservableGauge(
            "caphr_watch_staleness_seconds",
            () => watches().Select(watch => Of(watch.Staleness.TotalSeconds, watch.Plural)),
            description: "Time since the API server last said anything about a kind, be it a bookmark. More than 150 fails readiness.");
        _meter.CreateObservableGauge(
            "caphr_watch_objects",
            () => watches().Select(watch => Of(watch.Objects, watch.Plural)),
            description: "Objects of a kind that are known.");
    }

    public void OfEvents(Func<long> cutShort) => _meter.CreateObservableCounter(
        "caphr_events_cut_short_total",
        cutShort,
        description: "Kubernetes Events that were not written because their object had said too much already.");

    public void Dispose() => _meter.Dispose();

    private void Robots(string name, string description, Func<RobotReport, IEnumerable<(double Value, KeyValuePair<string, object?>[] Labels)>> read) =>
        _meter.CreateObservableGauge(name, () => OfRobots(read), description: description);

    private void RobotTotals(string name, string description, Func<RobotReport, IEnumerable<(double Value, KeyValuePair<string, object?>[] Labels)>> read) =>
        _meter.CreateObservableCounter(name, () => OfRobots(read), description: description);

    private IEnumerable<Measurement<double>> OfRobots(Func<RobotReport, IEnumerable<(double Value, KeyValuePair<string, object?>[] Labels)>> read) =>
        from report in _robots.Values
        from one in read(report)
        select new Measurement<double>(one.Value, [new("account", $"{report.Secret.Namespace}/{report.Secret.Name}"), .. one.Labels]);

    private static KeyValuePair<string, object?>[] Endpoint(EndpointReport endpoint) => [new("endpoint", endpoint.Name)];

    private static KeyValuePair<string, object?>[] Lane(LaneReport lane) => [new("lane", lane.Lane.ToString().ToLowerInvariant())];

    private static Measurement<T> Of<T>(T value, string plural)
        where T : struct => new(value, new KeyValuePair<string, object?>("resource", plural));
}

/// <summary>Brings to the measures what the accounts publish.</summary>
internal sealed class MeasureKeeper(Measures measures) : Actor<RobotReport>
{
    protected override void PreStart() => Context.Subscribe<RobotReport>(report => report);

    protected override void Receive(RobotReport message) => measures.Hear(message);
}
