using System.Net;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>A single address with what a static network configuration needs to know.</summary>
public sealed record RobotIp
{
    public required IPAddress Address { get; init; }

    /// <summary>Null in lists.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Null in lists.</summary>
    public int? PrefixLength { get; init; }

    public int? ServerNumber { get; init; }

    internal static RobotIp? Read(JsonElement json) => json.Address("ip") is { } address
        ? new RobotIp
        {
            Address = address,
            Gateway = json.Address("gateway"),
            PrefixLength = json.Integer("mask") is >= 0 and <= 128 and var mask ? mask : null,
            ServerNumber = json.Integer("server_number"),
        }
        : null;

    internal static RobotIp? ReadWhole(JsonElement json) => Read(json) is { Gateway: not null, PrefixLength: not null } whole ? whole : null;
}
