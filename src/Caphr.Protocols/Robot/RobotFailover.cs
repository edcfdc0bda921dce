using System.Net;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>An address that can be routed to any server of the account.</summary>
public sealed record RobotFailover
{
    public required IPAddress Address { get; init; }

    /// <summary>The server it belongs to, wherever it is routed.</summary>
    public int? ServerNumber { get; init; }

    /// <summary>The main address of the server it is routed to; null when it is routed nowhere.</summary>
    public IPAddress? ActiveServer { get; init; }

    internal static RobotFailover? Read(JsonElement json) => json.Address("ip") is { } address
        ? new RobotFailover { Address = address, ServerNumber = json.Integer("server_number"), ActiveServer = json.Address("active_server_ip") }
        : null;
}
