using System.Net;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>A routed network of the account.</summary>
public sealed record RobotSubnet
{
    public required IPAddress Network { get; init; }

    public required int PrefixLength { get; init; }

    public IPAddress? Gateway { get; init; }

    public int? ServerNumber { get; init; }

    public bool Failover { get; init; }

    internal static RobotSubnet? Read(JsonElement json) =>
        json.Address("ip") is { } network && json.Integer("mask") is >= 0 and <= 128 and var mask
            ? new RobotSubnet
            {
                Network = network,
                PrefixLength = mask,
                Gateway = json.Address("gateway"),
                ServerNumber = json.Integer("server_number"),
                Failover = json.Flag("failover") ?? false,
            }
            : null;
}
