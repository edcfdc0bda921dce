using System.Net;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>A rented server as the account sees it. Robot knows neither its hardware nor its MAC address.</summary>
public sealed record RobotServer
{
    public required int Number { get; init; }

    public required string Name { get; init; }

    /// <summary>Null for servers ordered without IPv4, the default since 2022.</summary>
    public IPAddress? Ipv4 { get; init; }

    /// <summary>The network address of the routed /64, without its prefix length.</summary>
    public IPAddress? Ipv6Network { get; init; }

    public required string Product { get; init; }

    public required string Datacenter { get; init; }

    /// <summary>False while it is being set up; Robot has several words for that and one for ready.</summary>
    public bool Ready { get; init; }

    public bool Cancelled { get; init; }

    internal static RobotServer? Read(JsonElement json) => json.Integer("server_number") is not { } number
        ? null
        : new RobotServer
        {
            Number = number,
            Name = json.Text("server_name") ?? "",
            Ipv4 = json.Address("server_ip"),
            Ipv6Network = json.Address("server_ipv6_net"),
            Product = json.Text("product") ?? "",
            Datacenter = json.Text("dc") ?? "",
            Ready = string.Equals(json.Text("status"), "ready", StringComparison.OrdinalIgnoreCase),
            Cancelled = json.Flag("cancelled") ?? false,
        };
}
