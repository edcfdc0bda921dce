using System.Globalization;
using System.Net;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Everything that CAPHR asks of Robot.</summary>
internal static class RobotAsks
{
    private const string ResetTemplate = "/reset/{server}";

    /// <summary>Robot allows 200 lists an hour, and a server that was ordered a minute ago can wait that long.</summary>
    private static readonly TimeSpan s_inventoryAge = TimeSpan.FromMinutes(1);

    /// <summary>A gateway moves with its server to another rack, and not otherwise.</summary>
    private static readonly TimeSpan s_gatewayAge = TimeSpan.FromHours(6);

    /// <summary>What a fleet waits for longest.</summary>
    public static RobotQuota Resets { get; } = RobotQuota.Of(HttpMethod.Post, ResetTemplate);

    /// <summary>One call for the servers of a whole account, however many they are.</summary>
    public static RobotAsk<IReadOnlyList<RobotServer>> Servers { get; } = Read("/server", "/server", (robot, cancellation) => robot.ListServers(cancellation)) with { Keeps = s_inventoryAge };

    /// <summary>Null where Robot keeps no record of the address.</summary>
    public static RobotAsk<IPAddress?> Gateway(IPAddress address) => Read("/ip/{ip}", $"/ip/{address}", (robot, cancellation) => GatewayAsync(robot, address, cancellation)) with { Keeps = s_gatewayAge };

    public static RobotAsk<RobotReset> Reset(int server) => Read("/reset/{server}", $"/reset/{Number(server)}", (robot, cancellation) => robot.GetReset(server, cancellation));

    public static RobotAsk<RobotRescue> Rescue(int server) => Read("/boot/{server}/rescue", $"/boot/{Number(server)}/rescue", (robot, cancellation) => robot.GetRescue(server, cancellation));

    public static RobotAsk<RobotKey?> Key(string fingerprint) => Read("/key/{fingerprint}", $"/key/{fingerprint}", (robot, cancellation) => robot.FindKey(fingerprint, cancellation));

    public static RobotAsk<Done> Press(int server, ResetType button) => Change<Done>(HttpMethod.Post, ResetTemplate, (robot, cancellation) => robot.Reset(server, button, cancellation));

    public static RobotAsk<RobotRescue> ActivateRescue(int server, string fingerprint) =>
        Change<RobotRescue>(HttpMethod.Post, "/boot/{server}/rescue", (robot, cancellation) => robot.ActivateRescue(server, [fingerprint], cancellation));

    public static RobotAsk<Done> DeactivateRescue(int server) =>
        Change<Done>(HttpMethod.Delete, "/boot/{server}/rescue", (robot, cancellation) => robot.DeactivateRescue(server, cancellation));

    /// <summary>Once for all servers that need it at the same time: to store a key that is there comes to the same.</summary>
    public static RobotAsk<Done> StoreKey(string name, string publicKey) =>
        Change<Done>(HttpMethod.Post, "/key", (robot, cancellation) => robot.CreateKey(name, publicKey, cancellation)) with { Shared = $"/key {publicKey}" };

    private static RobotAsk<T> Read<T>(string template, string path, Func<RobotClient, CancellationToken, Task<Outcome<T, RobotFailure>>> call) =>
        new(RobotQuota.Of(HttpMethod.Get, template), call) { Shared = path };

    private static RobotAsk<T> Change<T>(HttpMethod method, string template, Func<RobotClient, CancellationToken, Task<Outcome<T, RobotFailure>>> call) =>
        new(RobotQuota.Of(method, template), call) { Changes = true };

    private static string Number(int server) => server.ToString(CultureInfo.InvariantCulture);

    private static async Task<Outcome<IPAddress?, RobotFailure>> GatewayAsync(RobotClient robot, IPAddress address, CancellationToken cancellation)
    {
        var ip = await robot.GetIp(address, cancellation);
        return ip.Failure is { Error: RobotError.NotFound } ? Outcome<IPAddress?, RobotFailure>.Of(null) : ip.Then<IPAddress?>(found => found.Gateway);
    }
}
