using System.Text.Json;
using System.Text.RegularExpressions;
using Caphr.Host.Metrics;

namespace Caphr.Host.Tests.Metrics;

/// <summary>Alerts and dashboard ask for what is measured, by its names and labels.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string[] s_prometheusOwn = ["instance", "job"];

    public static TheoryData<string> Files { get; } = ["rules.yaml", "dashboard.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_metric_and_label_that_is_asked_for_is_measured(string file)
    {
        var measured = Measured();
        var expressions = Expressions(file);
        Assert.NotEmpty(expressions);
        foreach (var expression in expressions)
        {
            var names = Metric().Matches(expression).Select(match => match.Value).ToList();
            Assert.All(names, name => Assert.Contains(name, measured.Keys));
            if (names.Count == 0) continue;
            var labels = names.SelectMany(name => measured[name]).Concat(s_prometheusOwn).ToHashSet();
            Assert.All(By().Matches(expression).SelectMany(by => by.Groups[1].Value.Split(", ")).Concat(Matcher().Matches(expression).Select(match => match.Groups[1].Value)), label => Assert.Contains(label, labels));
        }
    }

    [Fact]
    public void The_dashboard_shows_everything_that_is_measured()
    {
        var shown = Expressions("dashboard.json").SelectMany(expression => Metric().Matches(expression)).Select(match => match.Value);
        Assert.Empty(Measured().Keys.Except(shown));
    }

    [Fact]
    public void Every_panel_and_every_alert_says_what_it_is_about()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Checkout.PathOf("deploy", "monitoring", "dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("title").GetString()!));

        var alerts = File.ReadAllText(Checkout.PathOf("deploy", "monitoring", "rules.yaml")).Split("- alert: ")[1..];
        foreach (var alert in alerts)
            Assert.All(new[] { "expr: ", "for: ", "severity: ", "summary: ", "description: " }, part => Assert.Contains(part, alert, StringComparison.Ordinal));
    }

    private static List<string> Expressions(string file)
    {
        var text = File.ReadAllText(Checkout.PathOf("deploy", "monitoring", file));
        if (file.EndsWith(".yaml", StringComparison.Ordinal)) return [.. text.Split('\n').Where(line => line.Trim().StartsWith("expr: ", StringComparison.Ordinal)).Select(line => line.Trim()[6..])];
        using var dashboard = JsonDocument.Parse(text);
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
    }

    private static Dictionary<string, HashSet<string>> Measured()
    {
        using var measures = PrometheusPageTests.Measured();
        using var page = new PrometheusPage(measures.Meter);
        return page.Write().Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .GroupBy(line => Metric().Match(line).Value)
            .ToDictionary(same => same.Key, same => same.SelectMany(line => Label().Matches(line)).Select(label => label.Groups[1].Value).ToHashSet());
    }

    [GeneratedRegex("caphr_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"\bby \(([a-z, ]+)\)")]
    private static partial Regex By();

    [GeneratedRegex("""[{,]([a-z]+)=~?" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Matcher();

    [GeneratedRegex("""([a-z]+)=" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Label();
}
