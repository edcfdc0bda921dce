using System.Net;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>A single address with what a static network configuration needs to know.</summary>
public sealed record RobotIp
{
    public required IPAddress Address { get; init; }

    public required IPAddress Gateway { get; init; }

    public required int PrefixLength { get; init; }

    public int? ServerNumber { get; init; }

    internal static RobotIp? Read(JsonElement json) =>
        json.Address("ip") is { } address && json.Address("gateway") is { } gateway && json.Integer("mask") is >= 0 and <= 128 and var mask
            ? new RobotIp { Address = address, Gateway = gateway, PrefixLength = mask, ServerNumber = json.Integer("server_number") }
            : null;
}
