using System.Text.RegularExpressions;

namespace Caphr.EndToEnd.Tests.Tidy;

/// <summary>Habits that nobody should have to remember.</summary>
public sealed partial class TidyTests
{
    private static IEnumerable<(string File, int Line, string Text)> Sources() => Checkout.Files
        .Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
        .SelectMany(file => Checkout.Read(file).Split('\n').Select((text, index) => (file, index + 1, text)));

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var words = LeftOver();
        Assert.Empty(Sources().Where(line => words.IsMatch(line.Text) && !line.File.EndsWith("TidyTests.cs", StringComparison.Ordinal)).Select(line => $"{line.File}:{line.Line}: {line.Text.Trim()}"));
    }

    /// <summary>A reason stands behind the pragma, or in a comment just above it.</summary>
    [Fact]
    public void Every_warning_that_is_turned_off_says_why()
    {
        var lines = Sources().ToList();
        var silent = lines.Where((line, index) =>
            line.Text.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal)
            && !line.Text.Contains("//", StringComparison.Ordinal)
            && !(index > 0 && lines[index - 1].Text.TrimStart().StartsWith("//", StringComparison.Ordinal)));

        Assert.Empty(silent.Select(line => $"{line.File}:{line.Line}"));
    }

    [Fact]
    public void Every_rule_that_is_off_for_all_says_why()
    {
        var lines = Checkout.Read(".editorconfig").Split('\n');
        var silent = lines.Where((line, index) =>
            line.EndsWith("severity = none", StringComparison.Ordinal)
            && !lines.Take(index).Reverse().SkipWhile(above => above.StartsWith("dotnet_diagnostic", StringComparison.Ordinal)).First().StartsWith('#'));

        Assert.Empty(silent);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var dead = Checkout.Files
            .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => Link().Matches(Checkout.Read(file)).Select(match => (File: file, Target: match.Groups[1].Value.Split('#')[0])))
            .Where(link => link.Target.Length > 0 && !link.Target.Contains("://", StringComparison.Ordinal))
            .Where(link => !Path.Exists(Path.Combine(Checkout.Root, Path.GetDirectoryName(link.File)!, link.Target)));

        Assert.Empty(dead);
    }

    /// <summary>A heading that was reworded takes its anchor with it.</summary>
    [Fact]
    public void Links_to_a_heading_lead_to_one_that_is_there()
    {
        var dead = Checkout.Files
            .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => Link().Matches(Checkout.Read(file)).Select(match => (File: file, Parts: match.Groups[1].Value.Split('#'))))
            .Where(link => link.Parts is [_, { Length: > 0 }] && !link.Parts[0].Contains("://", StringComparison.Ordinal) && (link.Parts[0].Length == 0 || link.Parts[0].EndsWith(".md", StringComparison.Ordinal)))
            .Where(link => !Anchors(link.Parts[0].Length == 0 ? link.File : Path.Combine(Path.GetDirectoryName(link.File)!, link.Parts[0])).Contains(link.Parts[1]));

        Assert.Empty(dead.Select(link => $"{link.File}: {string.Join('#', link.Parts)}"));
    }

    /// <summary>As GitHub makes them: small letters and digits, dashes for blanks, and nothing else.</summary>
    private static HashSet<string> Anchors(string file) =>
        [.. Checkout.Read(file).Split('\n').Where(line => line.StartsWith('#')).Select(line => NoAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    /// <summary>Rescue and Talos have the same ports on every server, so two labs that run at once must not have servers of one address.</summary>
    [Fact]
    public void No_two_tests_have_a_lab_with_the_same_network()
    {
        var taken = Sources()
            .Where(line => line.File.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(line => LabNetwork().Matches(line.Text).Select(match => (Number: match.Groups[1].Value, Place: $"{line.File}:{line.Line}")))
            .ToList();

        Assert.Contains(taken, one => one.Place.StartsWith("tests/Caphr.EndToEnd.Tests/Life/FleetLab.cs", StringComparison.Ordinal));
        Assert.Empty(taken.GroupBy(one => one.Number).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(one => one.Place))}"));
    }

    [GeneratedRegex(@"\b[nN]etwork(?:: | = )([0-9]+)\b")]
    private static partial Regex LabNetwork();

    [Fact]
    public void Tests_that_a_document_names_are_there()
    {
        var named = Checkout.Files
            .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => NamedTest().Matches(Checkout.Read(file)).Select(match => (File: file, Test: match.Groups[1].Value)))
            .ToList();

        Assert.Contains(named, name => name.File == "docs/weaknesses.md");
        Assert.Contains(named, name => name.File == "docs/lab.md");
        Assert.DoesNotContain(named, name => !TestNames.All.Contains(name.Test));
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|Skip *= *""")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"`(\w+(?:Tests|Conformance|Properties)\.\w+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
