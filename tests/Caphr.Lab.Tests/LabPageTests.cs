using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Caphr.Lab.Robot;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Tests;

/// <summary>docs/lab.md tells of everything that can go wrong, of nothing else, and names a test for each.</summary>
public sealed partial class LabPageTests
{
    private static readonly IReadOnlyList<(string Part, string Name, string Test)> s_rows =
        [.. Row().Matches(File.ReadAllText(Page())).Select(row => (row.Groups["part"].Value, row.Groups["name"].Value, row.Groups["test"].Value))];

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

    [Fact]
    public void Every_row_names_a_test_that_exists()
    {
        var tests = typeof(LabPageTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();

        Assert.NotEmpty(s_rows);
        Assert.Empty(s_rows.Where(row => !tests.Contains(row.Test)).Select(row => row.Test));
    }

    private static string Page([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "lab.md");

    [GeneratedRegex(@"^\| (?<part>server|robot|talos|api) \| (`(?<name>[a-z0-9-]+)`|always) \|.*\| `(?<test>\w+\.\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
