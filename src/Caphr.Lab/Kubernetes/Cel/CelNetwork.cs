using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Caphr.Lab.Kubernetes.Cel;

/// <summary>Addresses and networks. They stay texts here; that one was parsed is known because whatever cannot be parsed is an error.</summary>
internal static partial class CelNetwork
{
    public static bool IsAddress(string text) => Parse(text) is not null;

    public static bool IsNetwork(string text) => Split(text) is not null;

    /// <summary>Of an address itself, or of a network: <c>ip(text)</c> and <c>network.ip()</c> are one function here.</summary>
    public static CelResult Address(string text) => Parse(text) is not null ? (JsonNode)text
        : Split(text) is { } network ? (JsonNode)network.Address.ToString()
        : CelResult.Failed($"IP address '{text}' parse error during conversion from string");

    public static CelResult Network(string text) => IsNetwork(text) ? (JsonNode)text : CelResult.Failed($"network address parse error during conversion from string: {text}");

    public static CelResult Family(string text) => Parse(text) is { } address
        ? (JsonNode)(address.AddressFamily == AddressFamily.InterNetwork ? 4L : 6L)
        : CelResult.NoOverload("family");

    public static CelResult PrefixLength(string text) => Split(text) is { } network ? (JsonNode)(long)network.Bits : CelResult.NoOverload("prefixLength");

    // Kubernetes takes neither zones, nor IPv4 inside IPv6, nor leading zeros; .NET takes all three.
    private static IPAddress? Parse(string text) =>
        (Ipv4().IsMatch(text) || text.Contains(':', StringComparison.Ordinal))
        && !text.Contains('%', StringComparison.Ordinal)
        && !text.Contains('[', StringComparison.Ordinal)
        && IPAddress.TryParse(text, out var address)
        && !address.IsIPv4MappedToIPv6
            ? address
            : null;

    private static (IPAddress Address, int Bits)? Split(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Parse(text[..slash]) is not { } address || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)) return null;
        return bits <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) ? (address, bits) : null;
    }

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}$")]
    private static partial Regex Ipv4();
}
