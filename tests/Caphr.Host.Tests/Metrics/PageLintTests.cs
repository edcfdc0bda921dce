using System.Diagnostics.Metrics;
using Caphr.Host.Metrics;

namespace Caphr.Host.Tests.Metrics;

public sealed class PageLintTests
{
    private const string Good = "# HELP a_total Calls.\n# TYPE a_total counter\na_total{of=\"x\"} 1\na_total{of=\"y\"} 2\n";

    private const string GoodHistogram =
        "# HELP wait_seconds Waits.\n# TYPE wait_seconds histogram\n"
        + "wait_seconds_bucket{of=\"x\",le=\"0.5\"} 1\nwait_seconds_bucket{of=\"x\",le=\"1\"} 2\nwait_seconds_bucket{of=\"x\",le=\"+Inf\"} 3\n"
        + "wait_seconds_sum{of=\"x\"} 6.3\nwait_seconds_count{of=\"x\"} 3\n";

    [Fact]
    public void What_a_host_shows_is_what_Prometheus_reads()
    {
        using var host = MeasuredHost.OfEverything();
        Assert.Empty(PageLint.Problems(host.Page()));
    }

    [Fact]
    public void A_histogram_and_every_odd_letter_are_as_Prometheus_reads_them()
    {
        using var meter = new Meter("test");
        using var page = new PrometheusPage(meter);
        var waits = meter.CreateHistogram("wait_seconds", unit: null, "Waits.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.1, 0.7, 5 }) waits.Record(value, new KeyValuePair<string, object?>("lane", "a \"b\" \\ \n c"));
        meter.CreateObservableGauge("odd", () => double.NaN, description: "One\nline \\ only.");
        Assert.Empty(PageLint.Problems(page.Write()));
    }

    [Theory]
    [InlineData("a_total{of=\"y\"} 2\n", "a_total{of=\"x\"} 2\n", "A series is there twice")]
    [InlineData("counter\n", "gauge\n", "counters, and only they")]
    [InlineData("counter\n", "total\n", "of type 'total'")]
    [InlineData("# HELP a_total Calls.\n", "", "has no HELP")]
    [InlineData("# TYPE a_total counter\n", "", "not described right before")]
    [InlineData("{of=\"x\"}", "{of=\"x}", "neither comment nor sample")]
    [InlineData("{of=\"x\"}", "{of=\"\\x\"}", "neither comment nor sample")]
    [InlineData("{of=\"x\"}", "{__of=\"x\"}", "Prometheus' own")]
    [InlineData("{of=\"x\"}", "{of=\"x\",of=\"z\"}", "A label is there twice")]
    [InlineData("} 1\n", "} one\n", "The value is no number")]
    [InlineData("} 1\n", "} -1\n", "counts below zero")]
    [InlineData("a_total", "a_minutes_total", "no base unit")]
    [InlineData("a_total", "a_counter_total", "its type in its name")]
    [InlineData("2\n", "2", "has no end")]
    public void A_page_that_Prometheus_would_not_read_or_not_like_is_found_out(string good, string bad, string problem) =>
        Assert.Contains(PageLint.Problems(Good.Replace(good, bad, StringComparison.Ordinal)), said => said.Contains(problem, StringComparison.Ordinal));

    [Theory]
    [InlineData("le=\"1\"} 2", "le=\"1\"} 0", "buckets that do not rise")]
    [InlineData("le=\"+Inf\"} 3", "le=\"+Inf\"} 4", "counts otherwise than its buckets")]
    [InlineData("wait_seconds_bucket{of=\"x\",le=\"+Inf\"} 3\n", "", "has no last bucket")]
    [InlineData("le=\"0.5\"", "le=\"2\"", "buckets that do not rise")]
    [InlineData(",le=\"0.5\"", "", "has a bucket without an end")]
    [InlineData("wait_seconds_sum{of=\"x\"} 6.3\n", "", "has no sum")]
    [InlineData("wait_seconds_count{of=\"x\"} 3\n", "", "counts otherwise than its buckets")]
    [InlineData("wait_seconds_count", "wait_seconds_number", "not described right before")]
    [InlineData("wait_seconds_count{of=\"x\"}", "wait_seconds_count{of=\"x\",le=\"1\"}", "has an end where there is no bucket")]
    public void A_histogram_that_Prometheus_would_misread_is_found_out(string good, string bad, string problem) =>
        Assert.Contains(PageLint.Problems(GoodHistogram.Replace(good, bad, StringComparison.Ordinal)), said => said.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void A_good_page_has_no_problems() => Assert.Empty(PageLint.Problems(Good + GoodHistogram));
}
