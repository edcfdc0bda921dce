namespace Caphr.Protocols.MachineConfig;

/// <summary>What Hetzner offers to every server in its network.</summary>
public static class HetznerDefaults
{
    public static IReadOnlyList<string> TimeServers { get; } = ["ntp1.hetzner.de", "ntp2.hetzner.com", "ntp3.hetzner.net"];

    /// <summary>Reached over the family that the server has.</summary>
    public static IReadOnlyList<string> Resolvers(bool ipv4) => ipv4 ? ["185.12.64.1", "185.12.64.2"] : ["2a01:4ff:ff00::add:1", "2a01:4ff:ff00::add:2"];
}
