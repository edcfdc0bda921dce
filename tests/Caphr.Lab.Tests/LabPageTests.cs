using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Caphr.Lab.Robot;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Tests;

/// <summary>docs/lab.md tells of everything that can go wrong, of nothing else, and names a test for each, which a tidy test looks up.</summary>
public sealed partial class LabPageTests
{
    private static readonly IReadOnlyList<(string Part, string Name)> s_rows =
        [.. Row().Matches(File.ReadAllText(Page())).Select(row => (row.Groups["part"].Value, row.Groups["name"].Value))];

    [Fact]
    public void Every_fault_has_one_row_and_no_row_is_of_a_fault_that_there_is_not()
    {
        IEnumerable<string> known =
        [
            .. Words.All<ServerFault>().Select(name => $"server {name}"),
            .. Words.All<RobotScenario>().Select(name => $"robot {name}"),
            .. Words.All<TalosFault>().Select(name => $"talos {name}"),
            .. Words.All<ApiFault>().Select(name => $"api {name}"),
        ];

        Assert.Equal(known.Order(StringComparer.Ordinal), s_rows.Where(row => row.Name.Length > 0).Select(row => $"{row.Part} {row.Name}").Order(StringComparer.Ordinal));
    }

    private static string Page([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "lab.md");

    [GeneratedRegex(@"^\| (?<part>server|robot|talos|api) \| (`(?<name>[a-z0-9-]+)`|always) \|.*\| `\w+\.\w+` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
