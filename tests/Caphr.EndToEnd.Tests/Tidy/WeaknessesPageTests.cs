using System.Text.RegularExpressions;

namespace Caphr.EndToEnd.Tests.Tidy;

/// <summary>docs/weaknesses.md answers each known weakness of the two providers before this one, and names tests for each answer.</summary>
public sealed partial class WeaknessesPageTests
{
    [Fact]
    public void Every_weakness_has_one_row_with_a_test()
    {
        IEnumerable<string> known = [.. Enumerable.Range(1, 37).Select(number => $"W{number}"), .. Enumerable.Range(1, 13).Select(number => $"C{number}")];

        Assert.Equal(known, Row().Matches(Checkout.Read("docs/weaknesses.md")).Select(row => row.Groups["number"].Value));
    }

    [GeneratedRegex(@"^\| (?<number>[WC]\d+) \| [^|]+ \| [^|]+ \| `\w+\.\w+`(, `\w+\.\w+`)* \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
