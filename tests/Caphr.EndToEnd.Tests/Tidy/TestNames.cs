using System.Text.RegularExpressions;

namespace Caphr.EndToEnd.Tests.Tidy;

/// <summary>Every test of the checkout as <c>Class.Name</c>, read from the sources: no project may reference all the others.</summary>
internal static partial class TestNames
{
    public static IReadOnlySet<string> All { get; } = Checkout.Files
        .Where(file => file.StartsWith("tests/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
        .SelectMany(file => In(Checkout.Read(file)))
        .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> In(string source)
    {
        var owner = "";
        foreach (Match match in ClassOrTest().Matches(source))
        {
            if (match.Groups["class"].Success) owner = match.Groups["class"].Value;
            else yield return $"{owner}.{match.Groups["test"].Value}";
        }
    }

    [GeneratedRegex(@"^(?:public|internal)[a-z ]* class (?<class>\w+)|^    \[(?:Fact|Theory)\b[\s\S]*?^    public [^\n(]*?(?<test>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ClassOrTest();
}
