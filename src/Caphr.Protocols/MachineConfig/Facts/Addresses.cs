using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Caphr.Protocols.MachineConfig.Facts;

/// <summary>Arithmetic on addresses.</summary>
internal static class Addresses
{
    public static IpFamily FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? IpFamily.IPv6 : IpFamily.IPv4;

    /// <summary>By the text alone, with or without a prefix length.</summary>
    public static IpFamily FamilyOf(string address) => address.Contains(':', StringComparison.Ordinal) ? IpFamily.IPv6 : IpFamily.IPv4;

    public static bool TryIpv4(string? text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text is null || text.Count(character => character == '.') != 3 || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork) return false;
        address = parsed;
        return true;
    }

    /// <summary>The network an address lies in.</summary>
    public static bool TryNetwork(IPAddress address, int prefixLength, out IPNetwork network)
    {
        network = default;
        var bytes = address.GetAddressBytes();
        if (prefixLength < 1 || prefixLength > bytes.Length * 8) return false;
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)(0xff ^ (0x80 >> (bit % 8)));
        network = new IPNetwork(new IPAddress(bytes), prefixLength);
        return true;
    }

    /// <summary>The network that is routed to a server, and the address it takes there: the one that is named, or else the first.</summary>
    public static bool TryRouted(string? text, out IPNetwork network, out string address)
    {
        (network, address) = (default, "");
        if (text?.Split('/') is not [var named, var length]
            || !IPAddress.TryParse(named, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > 126
            || !TryNetwork(parsed, prefix, out network)) return false;

        var bytes = parsed.GetAddressBytes();
        if (network.BaseAddress.Equals(parsed)) bytes[^1] |= 1;
        address = $"{new IPAddress(bytes)}/{prefix}";
        return true;
    }
}
