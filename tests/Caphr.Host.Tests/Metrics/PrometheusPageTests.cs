using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Caphr.Host.Metrics;

namespace Caphr.Host.Tests.Metrics;

public sealed partial class PrometheusPageTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly PrometheusPage _page;

    public PrometheusPageTests() => _page = new PrometheusPage(_meter);

    public void Dispose()
    {
        _page.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_for_each_set_of_labels()
    {
        var counter = _meter.CreateCounter<long>("calls_total", description: "Calls made.");
        counter.Add(2, Label("kind", "read"));
        counter.Add(3, Label("kind", "read"));
        counter.Add(1, Label("kind", "write"));

        Assert.Equal(
            """
            # HELP calls_total Calls made.
            # TYPE calls_total counter
            calls_total{kind="read"} 5
            calls_total{kind="write"} 1

            """,
            _page.Write());
    }

    [Fact]
    public void What_is_observed_is_asked_for_anew_and_what_is_not_told_any_more_is_gone()
    {
        var told = new List<Measurement<double>> { new(1.5, Label("of", "a")), new(2, Label("of", "b")) };
        _meter.CreateObservableGauge("age_seconds", () => told, description: "Age.");
        Assert.Contains("age_seconds{of=\"b\"} 2\n", _page.Write(), StringComparison.Ordinal);

        told.RemoveAt(1);
        var page = _page.Write();
        Assert.Contains("age_seconds{of=\"a\"} 1.5\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\"b\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_into_buckets_that_hold_all_below_them()
    {
        var histogram = _meter.CreateHistogram("wait_seconds", description: "Waits.", unit: null, tags: null, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.1, 0.5, 0.7, 5 }) histogram.Record(value, Label("lane", "fence"));

        Assert.Equal(
            """
            # HELP wait_seconds Waits.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{lane="fence",le="0.5"} 2
            wait_seconds_bucket{lane="fence",le="1"} 3
            wait_seconds_bucket{lane="fence",le="+Inf"} 4
            wait_seconds_sum{lane="fence"} 6.3
            wait_seconds_count{lane="fence"} 4

            """,
            _page.Write());
    }

    [Fact]
    public void Nothing_in_a_label_can_break_the_page()
    {
        _meter.CreateCounter<long>("odd_total", description: "One\nline \\ only.").Add(1, Label("why", "he said \"no\"\nand \\ left"));
        Assert.Equal("# HELP odd_total One\\nline \\\\ only.\n# TYPE odd_total counter\nodd_total{why=\"he said \\\"no\\\"\\nand \\\\ left\"} 1\n", _page.Write());
    }

    [Fact]
    public void Meters_of_others_are_theirs()
    {
        using var other = new Meter("other");
        other.CreateCounter<long>("other_total").Add(1);
        Assert.Empty(_page.Write());
    }

    [Fact]
    public async Task Two_that_ask_at_once_are_both_told_everything()
    {
        _meter.CreateObservableGauge("age_seconds", () => 7.0, description: "Age.");
        _meter.CreateObservableGauge("size", () => Enumerable.Range(0, 50).Select(one => new Measurement<int>(one, Label("of", one.ToString(CultureInfo.InvariantCulture)))), description: "Size.");
        var whole = _page.Write();

        var pages = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 200).Select(_ => _page.Write()).ToList())));

        Assert.All(pages.SelectMany(page => page), page => Assert.Equal(whole, page));
    }

    /// <summary>The rules of promtool's linter that a name, a unit and a help text can break.</summary>
    [Fact]
    public void What_we_measure_has_names_and_words_as_Prometheus_wants_them()
    {
        using var host = MeasuredHost.OfEverything();
        var lines = host.Page().TrimEnd('\n').Split('\n');
        Assert.Contains("caphr_watch_staleness_seconds{resource=\"hetznerrobothosts\"} 3", lines);
        Assert.Contains("caphr_watch_objects{resource=\"hetznerrobothosts\"} 7", lines);
        Assert.Contains("caphr_robot_quota_used{account=\"demo/robot\",endpoint=\"POST /reset/{}\"} 3", lines);
        Assert.Contains("caphr_robot_waited_seconds_total{account=\"demo/robot\",lane=\"fence\"} 1.5", lines);
        foreach (var type in lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Select(line => line.Split(' ')))
        {
            Assert.Matches("^caphr_[a-z_]+$", type[2]);
            Assert.Equal(type[3] == "counter", type[2].EndsWith("_total", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.StartsWith($"# HELP {type[2]} ", StringComparison.Ordinal) && line.EndsWith('.'));
        }

        Assert.All(lines.Where(line => !line.StartsWith('#')), line => Assert.Matches(Sample(), line));
        Assert.Equal(lines.Length, lines.Distinct().Count());
    }

    [Fact]
    public void Every_metric_is_on_its_page_and_the_page_has_no_other()
    {
        using var host = MeasuredHost.OfEverything();
        var said = host.Page().Split('\n').Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Select(line => line.Split(' ')).Select(words => $"| `{words[2]}` | {words[3]} |");
        var written = File.ReadAllLines(Checkout.PathOf("docs", "metrics.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => string.Join('|', line.Split('|')[..3]) + '|');
        Assert.Equal(said, written);
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    [GeneratedRegex("""^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.eE+-]+$""")]
    private static partial Regex Sample();
}
