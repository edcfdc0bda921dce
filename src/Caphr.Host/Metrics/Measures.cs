using System.Diagnostics.Metrics;
using Caphr.Host.Control;

namespace Caphr.Host.Metrics;

/// <summary>
/// All that is measured, and every name of it. Names follow the conventions of Prometheus; none has a label for a server or an object, because
/// three thousand of either would be three thousand time series each.
/// </summary>
internal sealed class Measures : IDisposable
{
    private readonly Meter _meter = new("Caphr");

    public Meter Meter => _meter;

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

    private static Measurement<T> Of<T>(T value, string plural)
        where T : struct => new(value, new KeyValuePair<string, object?>("resource", plural));
}
