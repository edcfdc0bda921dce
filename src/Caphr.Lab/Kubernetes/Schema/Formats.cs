using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>The formats a structural schema may name. An unknown format is not checked, as in Kubernetes.</summary>
internal static partial class Formats
{
    public static bool Accepts(string format, string value) => format switch
    {
        "date-time" => DateTime().IsMatch(value) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "ipv4" => Ipv4().IsMatch(value) && IPAddress.TryParse(value, out _),
        "ipv6" => value.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(value, out _),
        "cidr" => value.Contains('/', StringComparison.Ordinal) && IPAddress.TryParse(value[..value.IndexOf('/', StringComparison.Ordinal)], out _)
            && int.TryParse(value[(value.IndexOf('/', StringComparison.Ordinal) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= 128,
        "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
        "hostname" => value.Length is > 0 and < 256 && Uri.CheckHostName(value) is UriHostNameType.Dns,
        "email" => value.Count(c => c == '@') == 1 && !value.StartsWith('@') && !value.EndsWith('@'),
        "mac" => Mac().IsMatch(value),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "byte" => Convert.TryFromBase64String(value, new byte[value.Length], out _),
        "duration" => Duration().IsMatch(value),
        _ => true,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")]
    private static partial Regex DateTime();

    [GeneratedRegex(@"^\d{1,3}(\.\d{1,3}){3}$")]
    private static partial Regex Ipv4();

    [GeneratedRegex("^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$")]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h|d|w))+$|^0$")]
    private static partial Regex Duration();
}
