using System.Globalization;
using System.Text.RegularExpressions;

namespace Caphr.Host.Control;

/// <summary>A span of time as Go and Kubernetes write it: <c>600s</c>, <c>1h30m</c>. The schema has seen to its form.</summary>
internal static partial class Durations
{
    /// <summary>Null for what is none.</summary>
    public static TimeSpan? Of(string? text)
    {
        var parts = Part().Matches(text ?? "");
        if (parts.Count == 0 || parts.Sum(part => part.Length) != text!.Length) return null;
        return parts.Select(Span).Aggregate(TimeSpan.Zero, (sum, part) => sum + part);
    }

    private static TimeSpan Span(Match part)
    {
        var amount = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return part.Groups[2].ValueSpan switch
        {
            "h" => TimeSpan.FromHours(amount),
            "m" => TimeSpan.FromMinutes(amount),
            _ => TimeSpan.FromSeconds(amount),
        };
    }

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(s|m|h)")]
    private static partial Regex Part();
}
