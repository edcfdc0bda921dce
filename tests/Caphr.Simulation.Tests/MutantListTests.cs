using System.Text.RegularExpressions;
using Caphr.Lab;

namespace Caphr.Simulation.Tests;

/// <summary>A planted defect that nobody can plant any more, or that the page does not know of, proves nothing.</summary>
public sealed partial class MutantListTests
{
    private static readonly Repository s_repository = Repository.Find() ?? throw new InvalidOperationException("The tests were taken out of their repository.");

    public static TheoryData<string> Patches() => [.. Files().Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Fact]
    public void The_page_of_the_proof_names_every_planted_defect_as_it_names_itself_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(s_repository.Root, "docs", "proof.md"));

        var named = Row().Matches(page).Select(row => row.Groups["row"].Value).Order(StringComparer.Ordinal);

        Assert.Equal(Files().Select(file => $"`{Path.GetFileNameWithoutExtension(file)}`: {File.ReadLines(file).First()}").Order(StringComparer.Ordinal), named);
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void Each_planted_defect_still_finds_the_lines_it_changes(string name)
    {
        Assert.All(Hunks(name), hunk => Assert.Contains(hunk.Before, File.ReadAllText(Path.Combine(s_repository.Root, hunk.Target)), StringComparison.Ordinal));
    }

    private static string Folder => Path.Combine(s_repository.Root, "tests", "Caphr.Simulation.Tests", "Mutants");

    private static string[] Files() => Directory.GetFiles(Folder, "*.patch");

    /// <summary>Of each hunk, what stands there without the defect.</summary>
    private static IEnumerable<(string Target, string Before)> Hunks(string name)
    {
        var target = "";
        List<string>? hunk = null;
        foreach (var line in File.ReadAllLines(Path.Combine(Folder, $"{name}.patch")).Append("@@"))
        {
            var ends = line.StartsWith("@@", StringComparison.Ordinal) || line.StartsWith("--- a/", StringComparison.Ordinal);
            if (ends && hunk is not null) yield return (target, string.Join('\n', hunk));
            if (line.StartsWith("--- a/", StringComparison.Ordinal)) (target, hunk) = (line["--- a/".Length..], null);
            else if (ends) hunk = [];
            else if (line is "" or [' ' or '-', ..]) hunk?.Add(line.Length > 0 ? line[1..] : "");
        }
    }

    [GeneratedRegex(@"^\| (?<row>`[a-z-]+`: [^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
