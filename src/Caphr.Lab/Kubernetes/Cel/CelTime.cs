using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Caphr.Lab.Kubernetes.Cel;

/// <summary>Durations and times, as whole nanoseconds: they compare and add up as numbers do, which is all that rules ask of them.</summary>
internal static partial class CelTime
{
    public static CelResult Duration(string text)
    {
        if (Whole().Match(text) is not { Success: true } match) return CelResult.Failed($"time: invalid duration \"{text}\"");
        var total = 0m;
        foreach (Capture part in match.Groups["part"].Captures)
        {
            var unit = part.Value.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.');
            total += decimal.Parse(part.Value.AsSpan(0, part.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * Nanoseconds(unit);
        }

        return Bounded(match.Groups["sign"].Value == "-" ? -total : total, text);
    }

    public static CelResult Timestamp(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) && text.Contains('T', StringComparison.Ordinal)
            ? Bounded((time - DateTimeOffset.UnixEpoch).Ticks * 100m, text)
            : CelResult.Failed($"cannot parse \"{text}\" as a timestamp");

    private static CelResult Bounded(decimal nanoseconds, string text) =>
        nanoseconds is >= long.MinValue and <= long.MaxValue ? (JsonNode)(long)nanoseconds : CelResult.Failed($"{text} is out of range");

    private static decimal Nanoseconds(string unit) => unit switch
    {
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" or "µs" => 1_000,
        _ => 1,
    };

    [GeneratedRegex(@"^(?<sign>[+-]?)(?<part>[0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^(?<part>0)$")]
    private static partial Regex Whole();
}
