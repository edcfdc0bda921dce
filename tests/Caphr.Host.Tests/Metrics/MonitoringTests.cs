using System.Text.Json;
using System.Text.RegularExpressions;
using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.Host.Control;

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
            Assert.All(By().Matches(expression).SelectMany(by => by.Groups[1].Value.Split(", ")).Concat(Matcher().Matches(expression).Select(match => match.Groups["label"].Value)), label => Assert.Contains(label, labels));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_phase_that_is_asked_for_is_one(string file) =>
        Assert.All(
            Expressions(file).SelectMany(expression => Matcher().Matches(expression)).Where(match => match.Groups["label"].Value == "phase").SelectMany(match => match.Groups["value"].Value.Split('|')),
            phase => Assert.Contains(phase, Enum.GetNames<ServerPhase>().Append(HostProjection.Maintenance)));

    [Fact]
    public void The_dashboard_shows_everything_that_is_measured()
    {
        var shown = Expressions("dashboard.json").SelectMany(expression => Metric().Matches(expression)).Select(match => Family(match.Value));
        Assert.Empty(Measured().Keys.Select(Family).Except(shown));
    }

    [Fact]
    public void Every_panel_and_every_alert_says_what_it_is_about()
    {
        var panels = Panels();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("title").GetString()!));

        foreach (var alert in Alerts().Values)
            Assert.All(new[] { "expr: ", "for: ", "severity: ", "summary: ", "description: ", "runbook_url: " }, part => Assert.Contains(part, alert, StringComparison.Ordinal));
    }

    [Fact]
    public void Panels_stand_in_rows_and_none_on_another()
    {
        var panels = Panels();
        Assert.Equal(["Fleet", "Provisioning", "Robot", "Journal and shards", "Kubernetes"], panels.Where(IsRow).Select(row => row.GetProperty("title").GetString()));
        Assert.True(IsRow(panels[0]));

        var taken = new HashSet<(int X, int Y)>();
        foreach (var place in panels.Select(panel => panel.GetProperty("gridPos")))
        {
            var (left, top, width, height) = (Number(place, "x"), Number(place, "y"), Number(place, "w"), Number(place, "h"));
            Assert.InRange(left + width, 1, 24);
            Assert.All(Enumerable.Range(left, width).SelectMany(x => Enumerable.Range(top, height).Select(y => (x, y))), cell => Assert.True(taken.Add(cell), $"Two panels at {cell}."));
        }
    }

    [Fact]
    public void Every_alert_leads_to_its_own_lines_of_the_page_and_the_page_knows_no_other()
    {
        var headings = File.ReadLines(Checkout.PathOf("docs", "metrics.md")).Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..]).ToList();
        var alerts = Alerts();

        Assert.Equal(alerts.Keys, headings);
        Assert.All(alerts, alert => Assert.Equal($"docs/metrics.md#{alert.Key.ToLowerInvariant()}", RunbookUrl().Match(alert.Value).Groups[1].Value));
    }

    [Fact]
    public void Shards_are_missed_when_they_are_fewer_than_there_are()
    {
        var alert = Alerts()["CaphrShardsAreNobodys"];
        Assert.Contains($"(sum(caphr_shards) or vector(0)) < {Shards.Count}\n", alert, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Alerts() => File.ReadAllText(Checkout.PathOf("deploy", "monitoring", "rules.yaml")).Split("- alert: ")[1..].ToDictionary(alert => alert.Split('\n')[0]);

    private static List<JsonElement> Panels()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Checkout.PathOf("deploy", "monitoring", "dashboard.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().Select(panel => panel.Clone())];
    }

    private static bool IsRow(JsonElement panel) => panel.GetProperty("type").GetString() == "row";

    private static int Number(JsonElement place, string name) => place.GetProperty(name).GetInt32();

    private static List<string> Expressions(string file) => file.EndsWith(".yaml", StringComparison.Ordinal)
        ? [.. File.ReadLines(Checkout.PathOf("deploy", "monitoring", file)).Where(line => line.Trim().StartsWith("expr: ", StringComparison.Ordinal)).Select(line => line.Trim()[6..])]
        : [.. Panels().Where(panel => !IsRow(panel)).SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];

    /// <summary>By the names under which samples are told, with the labels that they have.</summary>
    private static Dictionary<string, HashSet<string>> Measured()
    {
        using var host = MeasuredHost.OfEverything();
        return host.Page().Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .GroupBy(line => Metric().Match(line).Value)
            .ToDictionary(same => same.Key, same => same.SelectMany(line => Label().Matches(line)).Select(label => label.Groups[1].Value).ToHashSet());
    }

    /// <summary>A histogram is one thing, of which a panel shows whichever part it needs.</summary>
    private static string Family(string sample) => Part().Replace(sample, "");

    [GeneratedRegex("caphr_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("(?<=_seconds)_(bucket|sum|count)$")]
    private static partial Regex Part();

    [GeneratedRegex(@"\bby \(([a-z, ]+)\)")]
    private static partial Regex By();

    [GeneratedRegex("""[{,](?<label>[a-z]+)(=|!=|=~|!~)"(?<value>[^"]*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Matcher();

    [GeneratedRegex("""([a-z]+)=" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Label();

    [GeneratedRegex("""runbook_url: (\S+)""")]
    private static partial Regex RunbookUrl();
}
