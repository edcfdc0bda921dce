using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Caphr.Host.Metrics;

/// <summary>What one meter has measured, in the text format that Prometheus reads. Gauges and totals that are observed are asked for when the page is.</summary>
internal sealed class PrometheusPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _looking = new();
    private readonly ConcurrentDictionary<Instrument, Series> _all = [];
    private readonly MeterListener _listener = new();

    public PrometheusPage(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter)) return;
            _all[instrument] = new Series(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => _all[instrument].Take(value, labels));
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => _all[instrument].Take(value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => _all[instrument].Take(value, labels));
        _listener.Start();
    }

    public string Write()
    {
        // Two that ask at once, as a pair of Prometheus does, must not take from each other what was just observed.
        lock (_looking)
        {
            foreach (var series in _all.Values) series.BeginLook();
            _listener.RecordObservableInstruments();
            var page = new StringBuilder();
            foreach (var series in _all.OrderBy(one => one.Key.Name, StringComparer.Ordinal).Select(one => one.Value)) series.WriteTo(page);
            return page.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>One instrument, and its values by their labels.</summary>
    private sealed class Series(Instrument instrument)
    {
        private readonly Lock _gate = new();
        private readonly SortedDictionary<string, Value> _values = new(StringComparer.Ordinal);
        private readonly IReadOnlyList<double> _bounds = instrument is Histogram<double> histogram ? histogram.Advice?.HistogramBucketBoundaries ?? [] : [];

        private string Kind => instrument switch
        {
            Histogram<double> => "histogram",
            Counter<long> or ObservableCounter<long> or ObservableCounter<double> => "counter",
            _ => "gauge",
        };

        /// <summary>What is observed is told anew each time, and what is not told any more is gone.</summary>
        public void BeginLook()
        {
            if (!instrument.IsObservable) return;
            lock (_gate) _values.Clear();
        }

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            var key = Labels(labels);
            lock (_gate)
            {
                if (!_values.TryGetValue(key, out var known)) _values[key] = known = new Value(_bounds.Count);
                if (Kind == "histogram") known.Add(value, _bounds);
                else if (instrument is Counter<long>) known.Sum += value;
                else known.Sum = value;
            }
        }

        public void WriteTo(StringBuilder page)
        {
            lock (_gate)
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP {instrument.Name} {Escaped(instrument.Description ?? "", quote: false)}\n# TYPE {instrument.Name} {Kind}\n");
                foreach (var (labels, value) in _values)
                {
                    if (Kind == "histogram") WriteHistogram(page, labels, value);
                    else Line(page, instrument.Name, labels, value.Sum);
                }
            }
        }

        private void WriteHistogram(StringBuilder page, string labels, Value value)
        {
            long below = 0;
            for (var bucket = 0; bucket < _bounds.Count; bucket++)
            {
                below += value.Buckets[bucket];
                Line(page, $"{instrument.Name}_bucket", With(labels, $"le=\"{Number(_bounds[bucket])}\""), below);
            }

            Line(page, $"{instrument.Name}_bucket", With(labels, "le=\"+Inf\""), value.Count);
            Line(page, $"{instrument.Name}_sum", labels, value.Sum);
            Line(page, $"{instrument.Name}_count", labels, value.Count);
        }

        private static string With(string labels, string more) => labels.Length == 0 ? more : $"{labels},{more}";

        private static void Line(StringBuilder page, string name, string labels, double value)
        {
            page.Append(name);
            if (labels.Length > 0) page.Append('{').Append(labels).Append('}');
            page.Append(' ').Append(Number(value)).Append('\n');
        }

        private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            var all = new List<string>(labels.Length);
            foreach (var (name, value) in labels) all.Add($"{name}=\"{Escaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quote: true)}\"");
            return string.Join(',', all);
        }

        private static string Escaped(string text, bool quote)
        {
            var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            return quote ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
        }

        private static string Number(double value) => value switch
        {
            double.PositiveInfinity => "+Inf",
            double.NegativeInfinity => "-Inf",
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
    }

    private sealed class Value(int buckets)
    {
        public double Sum { get; set; }

        public long Count { get; private set; }

        public long[] Buckets { get; } = new long[buckets];

        public void Add(double value, IReadOnlyList<double> bounds)
        {
            Sum += value;
            Count++;
            for (var bucket = 0; bucket < bounds.Count; bucket++)
            {
                if (value > bounds[bucket]) continue;
                Buckets[bucket]++;
                return;
            }
        }
    }
}
