using System.Text;
using System.Text.RegularExpressions;

namespace Caphr.EndToEnd.Tests.Newcomer;

/// <summary>
/// Whether a command has printed what a page shows. A number of up to six digits stands for any number, with its unit, if it has one, for any time; blanks for any blanks;
/// <c>…</c> for anything in the line; and a line that is only <c>…</c> for any lines. Everything else, such as the number of a server, is meant as it is.
/// </summary>
internal static partial class Printed
{
    private const string Anything = "…";

    /// <returns>The first line that is shown and was not printed, or null.</returns>
    public static string? Missing(IReadOnlyList<string> shown, IReadOnlyList<string> printed)
    {
        var next = 0;
        var mayLeap = false;
        foreach (var line in shown)
        {
            if (line.Trim() == Anything)
            {
                mayLeap = true;
                continue;
            }

            var pattern = Pattern(line);
            var found = next;
            while (mayLeap && found < printed.Count && !pattern.IsMatch(printed[found])) found++;
            if (found >= printed.Count || !pattern.IsMatch(printed[found])) return line;
            (next, mayLeap) = (found + 1, false);
        }

        return mayLeap || printed.Skip(next).All(string.IsNullOrWhiteSpace) ? null : $"nothing more, and there is: {printed[next]}";
    }

    public static Regex Pattern(string line)
    {
        var pattern = new StringBuilder("^ *");
        foreach (Match part in Part().Matches(line.Trim()))
        {
            pattern.Append(
                part.Groups["date"].Success ? @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
                : part.Groups["number"].Success ? @"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d)?)+"
                : part.Value is Anything ? ".*"
                : part.Value[0] is ' ' ? " +"
                : Regex.Escape(part.Value));
        }

        return new Regex(pattern.Append(" *$").ToString(), RegexOptions.CultureInvariant);
    }

    // A number that stands by itself, or a time such as 3m20s; blanks; the sign for anything; any other letter.
    [GeneratedRegex(@"(?<date>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)|(?<![\w.-])(?<number>(?:\d{1,6}(?:\.\d+)?(?:ms|s|m|h|d))+|\d{1,6}(?:\.\d+)?)(?![\w-]|\.\d)| +|…|.")]
    private static partial Regex Part();
}
