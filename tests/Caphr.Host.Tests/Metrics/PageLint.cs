using System.Globalization;
using System.Text.RegularExpressions;

namespace Caphr.Host.Tests.Metrics;

/// <summary>
/// Reads a page in the text format as strictly as its specification allows, and says what is wrong with it. What a name may be is held as
/// <c>promtool check metrics</c> holds it.
/// </summary>
internal static partial class PageLint
{
    private static readonly string[] s_types = ["counter", "gauge", "histogram", "summary", "untyped"];

    /// <summary>What is no base unit, in a name.</summary>
    private static readonly string[] s_units = ["milliseconds", "ms", "microseconds", "nanoseconds", "minutes", "hours", "days", "kilobytes", "megabytes", "gigabytes", "bits", "percent", "celsius_degrees"];

    public static IReadOnlyList<string> Problems(string page)
    {
        var problems = new List<string>();
        if (page.Length > 0 && !page.EndsWith('\n')) problems.Add("The last line has no end.");
        var families = new Dictionary<string, Family>(StringComparer.Ordinal);
        var series = new HashSet<string>(StringComparer.Ordinal);
        Family? present = null;
        foreach (var line in page.Split('\n')[..^1])
        {
            if (line.Length == 0) problems.Add("A line is empty.");
            else if (Comment().Match(line) is { Success: true } comment) present = ReadComment(comment, families, present, problems);
            else if (Sample().Match(line) is { Success: true } sample) ReadSample(line, sample, families, present, series, problems);
            else problems.Add($"A line is neither comment nor sample: {line}");
        }

        foreach (var family in families.Values) Judge(family, problems);
        return problems;
    }

    private static Family ReadComment(Match comment, Dictionary<string, Family> families, Family? present, List<string> problems)
    {
        var (what, name, rest) = (comment.Groups[1].Value, comment.Groups[2].Value, comment.Groups[3].Value);
        if (!families.TryGetValue(name, out var family)) families[name] = family = new Family(name);
        else if (family != present) problems.Add($"{name} stands in two places.");
        if (family.Samples.Count > 0) problems.Add($"{name} is described behind its samples.");
        if (what == "HELP")
        {
            if (family.Help is not null) problems.Add($"{name} has two HELPs.");
            if (Regex.IsMatch(rest.Replace(@"\\", "", StringComparison.Ordinal), @"\\[^n]|\\$")) problems.Add($"The HELP of {name} escapes what needs none.");
            family.Help = rest;
        }
        else
        {
            if (family.Type is not null) problems.Add($"{name} has two TYPEs.");
            if (!s_types.Contains(rest)) problems.Add($"{name} is of type '{rest}', which there is not.");
            family.Type = rest;
        }

        return family;
    }

    private static void ReadSample(string line, Match sample, Dictionary<string, Family> families, Family? present, HashSet<string> series, List<string> problems)
    {
        var name = sample.Groups["name"].Value;
        var family = present is { Type: "histogram" } && Regex.IsMatch(name, $"^{Regex.Escape(present.Name)}_(bucket|sum|count)$") ? present : families.GetValueOrDefault(name);
        if (family is null || family != present || family.Type is null)
        {
            problems.Add($"{name} was not described right before its samples.");
            return;
        }

        var labels = Label().Matches(sample.Groups["labels"].Value).Select(label => (Name: label.Groups[1].Value, Value: label.Groups[2].Value)).OrderBy(label => label.Name, StringComparer.Ordinal).ToList();
        if (labels.DistinctBy(label => label.Name).Count() != labels.Count) problems.Add($"A label is there twice: {line}");
        foreach (var label in labels.Where(label => label.Name.StartsWith("__", StringComparison.Ordinal) || (label.Name == "le" && family.Type != "histogram"))) problems.Add($"The label {label.Name} is Prometheus' own: {line}");
        if (!series.Add($"{name}{{{string.Join(',', labels)}}}")) problems.Add($"A series is there twice: {line}");
        if (Value(sample.Groups["value"].Value) is not { } value) problems.Add($"The value is no number: {line}");
        else family.Samples.Add((name, labels, value));
    }

    private static void Judge(Family family, List<string> problems)
    {
        var name = family.Name;
        if (family.Help is not { Length: > 0 }) problems.Add($"{name} has no HELP.");
        if (family.Type is null) problems.Add($"{name} has no TYPE.");
        if (family.Type == "counter" != name.EndsWith("_total", StringComparison.Ordinal)) problems.Add($"{name} is a {family.Type}: counters, and only they, end in _total.");
        if (family.Type == "counter" && family.Samples.Any(sample => sample.Value < 0 || double.IsNaN(sample.Value))) problems.Add($"{name} counts below zero.");
        if (name.Any(char.IsUpper)) problems.Add($"{name} is not in lower case.");
        foreach (var word in name.Split('_'))
        {
            if (s_units.Contains(word)) problems.Add($"{name} is in {word}, which is no base unit.");
            if (s_types.Contains(word)) problems.Add($"{name} has its type in its name.");
        }

        if (family.Type == "histogram") JudgeHistogram(family, problems);
    }

    private static void JudgeHistogram(Family family, List<string> problems)
    {
        foreach (var one in family.Samples.GroupBy(sample => string.Join(',', sample.Labels.Where(label => label.Name != "le"))))
        {
            if (one.Any(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal) && !HasEnd(sample.Labels))) problems.Add($"{family.Name} has a bucket without an end.");
            if (one.Any(sample => !sample.Name.EndsWith("_bucket", StringComparison.Ordinal) && HasEnd(sample.Labels))) problems.Add($"{family.Name} has an end where there is no bucket.");
            var buckets = one.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal)).Select(sample => (Le: Value(sample.Labels.FirstOrDefault(label => label.Name == "le").Value ?? ""), sample.Value)).ToList();
            var count = one.Where(sample => sample.Name.EndsWith("_count", StringComparison.Ordinal)).Select(sample => (double?)sample.Value).FirstOrDefault();
            if (buckets.Count == 0 || buckets[^1].Le != double.PositiveInfinity) problems.Add($"{family.Name} has no last bucket.");
            if (!buckets.Select(bucket => bucket.Le).SequenceEqual(buckets.Select(bucket => bucket.Le).Order()) || !buckets.Select(bucket => bucket.Value).SequenceEqual(buckets.Select(bucket => bucket.Value).Order()))
                problems.Add($"{family.Name} has buckets that do not rise.");
            if (count is null || (buckets.Count > 0 && buckets[^1].Value != count)) problems.Add($"{family.Name} counts otherwise than its buckets.");
            if (!one.Any(sample => sample.Name.EndsWith("_sum", StringComparison.Ordinal))) problems.Add($"{family.Name} has no sum.");
        }
    }

    private static bool HasEnd(List<(string Name, string Value)> labels) => labels.Exists(label => label.Name == "le");

    private static double? Value(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !double.IsInfinity(value) ? value : null,
    };

    [GeneratedRegex("^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\\\|\\"|\\n)*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\\\|\\"|\\n)*")*)\})? (?<value>\S+)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)""")]
    private static partial Regex Label();

    private sealed class Family(string name)
    {
        public string Name { get; } = name;

        public string? Help { get; set; }

        public string? Type { get; set; }

        public List<(string Name, List<(string Name, string Value)> Labels, double Value)> Samples { get; } = [];
    }
}
