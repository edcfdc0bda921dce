using System.Text.RegularExpressions;
using Caphr.Lab;

namespace Caphr.Simulation.Tests;

/// <summary>A planted defect that nobody can plant any more, or that the page does not know of, proves nothing.</summary>
public sealed partial class MutantListTests
{
    private static readonly Repository s_repository = Repository.Find() ?? throw new InvalidOperationException("The tests were taken out of their repository.");

    public static TheoryData<string> Patches() => [.. Files().Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Fact]
    public void The_page_of_the_proof_names_every_planted_defect_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(s_repository.Root, "docs", "proof.md"));

        var named = Row().Matches(page).Select(row => row.Groups["name"].Value).Order(StringComparer.Ordinal);

        Assert.Equal(Files().Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal), named);
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void Each_planted_defect_still_finds_the_lines_it_changes(string name)
    {
        var patch = File.ReadAllLines(Path.Combine(Folder, $"{name}.patch"));
        var target = patch.Single(line => line.StartsWith("--- a/", StringComparison.Ordinal))["--- a/".Length..];
        var source = File.ReadAllText(Path.Combine(s_repository.Root, target));

        Assert.All(Before(patch), lines => Assert.Contains(lines, source, StringComparison.Ordinal));
    }

    private static string Folder => Path.Combine(s_repository.Root, "tests", "Caphr.Simulation.Tests", "Mutants");

    private static string[] Files() => Directory.GetFiles(Folder, "*.patch");

    /// <summary>Of each hunk, what stands there without the defect.</summary>
    private static IEnumerable<string> Before(string[] patch)
    {
        List<string> hunk = [];
        foreach (var line in patch.SkipWhile(line => !line.StartsWith("@@", StringComparison.Ordinal)).Append("@@"))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                if (hunk.Count > 0) yield return string.Join('\n', hunk);
                hunk.Clear();
            }
            else if (line is "" or [' ' or '-', ..])
            {
                hunk.Add(line.Length > 0 ? line[1..] : "");
            }
        }
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z-]+)`", RegexOptions.Multiline)]
    private static partial Regex Row();
}
