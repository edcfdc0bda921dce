using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Caphr.Actors.Journal;
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
    /// <summary>More than the reasons there are.</summary>
    private const int MostReasons = 150;

    /// <summary>Of what takes real hardware seconds to an hour.</summary>
    private static readonly double[] s_minutes = [1, 5, 15, 30, 60, 120, 180, 300, 450, 600, 900, 1800, 3600, 7200];

    /// <summary>Of what takes a computer milliseconds, as long as all is well.</summary>
    private static readonly double[] s_moments = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Meter _meter = new("Caphr");
    private readonly ConcurrentDictionary<ObjectName, RobotReport> _robots = [];
    private readonly FewValues _reasons = new(MostReasons);

    private readonly Histogram<double> _phases;
    private readonly Histogram<double> _provisions;
    private readonly Histogram<double> _releases;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _resets;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _quarantines;
    private readonly Histogram<double> _claimWaits;
    private readonly Counter<long> _effects;
    private readonly Histogram<double> _effectTimes;
    private readonly Counter<long> _appends;
    private readonly Histogram<double> _appendTimes;
    private readonly Histogram<double> _recoveries;
    private readonly Histogram<double> _looks;
    private readonly Counter<long> _writes;

    private volatile IReadOnlyList<PlaceInQueue> _queue = [];

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

        _phases = Times("caphr_phase_duration_seconds", "How long a server was in a phase, when it leaves it.", s_minutes);
        _provisions = Times("caphr_provision_duration_seconds", "From the claim of a server until its node has proven itself.", s_minutes);
        _releases = Times("caphr_release_duration_seconds", "From the beginning of a server's way back until it is wiped and free.", s_minutes);
        _refusals = Total("caphr_steps_refused_total", "Steps that did not succeed, and are tried again.");
        _resets = Total("caphr_resets_pressed_total", "Hardware resets, by whether Robot's answer came.");
        _failures = Total("caphr_failures_total", "Servers that were given up for their Machine.");
        _quarantines = Total("caphr_quarantines_total", "Servers that were put into quarantine.");
        _claimWaits = Times("caphr_claim_wait_seconds", "From the making of a machine until a server is claimed for it.", [1, 2, 5, 15, 60, 300, 900, 3600, 14400, 86400]);
        _effects = Total("caphr_effects_total", "Effects on the world, by how they ended.");
        _effectTimes = Times("caphr_effect_duration_seconds", "How long an effect took, however it ended.", [0.1, 0.5, .. s_minutes[..^1]]);
        _appends = Total("caphr_journal_appends_total", "Appends to the journal, by how they ended.");
        _appendTimes = Times("caphr_journal_append_duration_seconds", "How long it took until an append was durable.", s_moments);
        _recoveries = Times("caphr_journal_recovery_duration_seconds", "How long it took to read a shard that is taken up.", s_moments);
        _looks = Times("caphr_look_duration_seconds", "How long the control loop took to look at everything once.", s_moments);
        _writes = Total("caphr_writes_total", "Writes to objects of Kubernetes, by how they ended.");
    }

    public Meter Meter => _meter;

    /// <summary>To whoever listens by now: a first time is seen as an increase only where there was a zero before it.</summary>
    public void BeginAtZero()
    {
        foreach (var result in Enum.GetValues<AppendResult>()) _appends.Add(0, Outcome(result));
        foreach (var known in new[] { true, false }) _resets.Add(0, Answer(known));
        foreach (var kind in typeof(ServerEffect).GetNestedTypes().Where(kind => kind.IsSubclassOf(typeof(ServerEffect))))
            foreach (var outcome in Enum.GetValues<EffectOutcome>()) _effects.Add(0, Effect(kind), Outcome(outcome));
    }

    public void Hear(RobotReport report) => _robots[report.Secret] = report;

    public void PhaseLeft(ServerPhase phase, TimeSpan after) => _phases.Record(after.TotalSeconds, Phase(phase.ToString()));

    public void Provisioned(TimeSpan after) => _provisions.Record(after.TotalSeconds);

    public void Released(TimeSpan after) => _releases.Record(after.TotalSeconds);

    public void StepRefused(string reason) => _refusals.Add(1, Reason(reason));

    /// <param name="known">Robot confirmed it.</param>
    public void ResetPressed(bool known) => _resets.Add(1, Answer(known));

    public void GaveUp(string reason) => _failures.Add(1, Reason(reason));

    public void Quarantined(string reason) => _quarantines.Add(1, Reason(reason));

    public void EffectEnded(ServerEffect effect, EffectOutcome outcome, TimeSpan after)
    {
        _effects.Add(1, Effect(effect.GetType()), Outcome(outcome));
        _effectTimes.Record(after.TotalSeconds, Effect(effect.GetType()));
    }

    public void Appended(AppendResult result, TimeSpan after)
    {
        _appends.Add(1, Outcome(result));
        if (result is AppendResult.Appended) _appendTimes.Record(after.TotalSeconds);
    }

    public void ShardRead(TimeSpan after) => _recoveries.Record(after.TotalSeconds);

    /// <param name="queue">Machines that it found without a server.</param>
    public void Looked(TimeSpan after, IReadOnlyList<PlaceInQueue> queue)
    {
        _looks.Record(after.TotalSeconds);
        _queue = queue;
    }

    public void Wrote(Write write, WriteDesk.Verdict verdict, DateTimeOffset now)
    {
        var outcome = verdict switch
        {
            WriteDesk.Verdict.Succeeded => "written",
            WriteDesk.Verdict.Late => "outrun",
            _ => "refused",
        };
        _writes.Add(1, new("kind", write.Kind), new("outcome", outcome));
        // By the clock of the API server, which may be a little ahead of ours.
        if (verdict is WriteDesk.Verdict.Succeeded && write.WaitedSince is { } since) _claimWaits.Record(Math.Max(0, (now - since).TotalSeconds));
    }

    public void OfFleet(FleetCount fleet)
    {
        Gauge("caphr_servers", "Servers that this replica works, by phase.", () => fleet.ByPhase().Select(one => new Measurement<double>(one.Servers, Phase(one.Phase))));
        Gauge("caphr_servers_paused", "Servers whose work is paused.", () => fleet.Paused());
        Gauge("caphr_servers_late", "Servers that have not left their phase by its deadline.", () => fleet.Late());
        Gauge("caphr_servers_troubled", "Servers whose step did not succeed, and is tried again.", () => fleet.Troubled());
        Gauge("caphr_phase_oldest_seconds", "How long the server has been in a phase that is in it longest; 0 where none is.", () => fleet.Oldest().Select(one => new Measurement<double>(one.Age.TotalSeconds, Phase(one.Phase.ToString()))));
        Gauge("caphr_machines_waiting", "Machines that have no server yet, and may have one.", () => fleet.Waiting(_queue));
        Gauge("caphr_machines_longest_wait_seconds", "How long ago the first of them was made; 0 where none waits.", () => fleet.LongestWait(_queue).TotalSeconds);
        Gauge("caphr_shards", "Shards that this replica works.", () => fleet.Shards);
        Gauge("caphr_replica_works", "1 while this replica takes its share of the servers, 0 while it stands by.", () => fleet.Works ? 1 : 0);
    }

    public void OfWatches(Func<IEnumerable<Informers.WatchState>> watches)
    {
        Gauge(
            "caphr_watch_staleness_seconds",
            "Time since the API server last said anything about a kind, be it a bookmark. More than 150 fails readiness.",
            () => watches().Select(watch => Of(watch.Staleness.TotalSeconds, watch.Plural)));
        Gauge("caphr_watch_objects", "Objects of a kind that are known.", () => watches().Select(watch => Of(watch.Objects, watch.Plural)));
    }

    public void OfEvents(Func<long> cutShort) => _meter.CreateObservableCounter(
        "caphr_events_cut_short_total",
        cutShort,
        description: "Kubernetes Events that were not written because their object had said too much already.");

    public void Dispose() => _meter.Dispose();

    private Histogram<double> Times(string name, string description, IReadOnlyList<double> bounds) =>
        _meter.CreateHistogram(name, unit: null, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private Counter<long> Total(string name, string description) => _meter.CreateCounter<long>(name, unit: null, description);

    private void Gauge(string name, string description, Func<double> read) => _meter.CreateObservableGauge(name, read, unit: null, description);

    private void Gauge(string name, string description, Func<IEnumerable<Measurement<double>>> read) => _meter.CreateObservableGauge(name, read, unit: null, description);

    private void Robots(string name, string description, Func<RobotReport, IEnumerable<(double Value, KeyValuePair<string, object?>[] Labels)>> read) =>
        Gauge(name, description, () => OfRobots(read));

    private void RobotTotals(string name, string description, Func<RobotReport, IEnumerable<(double Value, KeyValuePair<string, object?>[] Labels)>> read) =>
        _meter.CreateObservableCounter(name, () => OfRobots(read), description: description);

    private IEnumerable<Measurement<double>> OfRobots(Func<RobotReport, IEnumerable<(double Value, KeyValuePair<string, object?>[] Labels)>> read) =>
        from report in _robots.Values
        from one in read(report)
        select new Measurement<double>(one.Value, [new("account", $"{report.Secret.Namespace}/{report.Secret.Name}"), .. one.Labels]);

    private KeyValuePair<string, object?> Reason(string reason) => new("reason", _reasons.Of(reason));

    private static KeyValuePair<string, object?> Phase(string phase) => new("phase", phase);

    private static KeyValuePair<string, object?> Answer(bool known) => new("answer", known ? "confirmed" : "lost");

    /// <summary>As it is called in traces and in the log.</summary>
    private static KeyValuePair<string, object?> Effect(Type kind) => new("effect", kind.Name);

    private static KeyValuePair<string, object?> Outcome<T>(T outcome)
        where T : struct, Enum => new("outcome", outcome.ToString().ToLowerInvariant());

    private static KeyValuePair<string, object?>[] Endpoint(EndpointReport endpoint) => [new("endpoint", endpoint.Name)];

    private static KeyValuePair<string, object?>[] Lane(LaneReport lane) => [new("lane", lane.Lane.ToString().ToLowerInvariant())];

    private static Measurement<double> Of(double value, string plural) => new(value, new KeyValuePair<string, object?>("resource", plural));
}

/// <summary>Brings to the measures what the accounts publish.</summary>
internal sealed class MeasureKeeper(Measures measures) : Actor<RobotReport>
{
    protected override void PreStart() => Context.Subscribe<RobotReport>(report => report);

    protected override void Receive(RobotReport message) => measures.Hear(message);
}
