using System.Net;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <param name="Name">Null in lists for addresses that have none.</param>
public sealed record RobotRdns(IPAddress Address, string? Name)
{
    internal static RobotRdns? Read(JsonElement json) => json.Address("ip") is { } address ? new RobotRdns(address, json.Text("ptr")) : null;
}
