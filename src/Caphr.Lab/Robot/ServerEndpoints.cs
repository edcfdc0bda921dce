using System.Net;
using System.Text.Json.Nodes;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary><c>/server</c> and <c>/ip</c>.</summary>
internal static class ServerEndpoints
{
    private const int PrefixLength = 26;

    public static IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/server", 200, List),
        new(HttpMethod.Get, "/server/{server}", 200, arguments => arguments.OnServer(server => RobotReply.Ok(Envelope(Single(server))))),
        new(HttpMethod.Get, "/ip/{ip}", 5000, Address),
    ];

    private static RobotReply List(RobotArguments arguments) => arguments.World.Servers.Count == 0
        ? RobotReply.Error(404, "SERVER_NOT_FOUND", "no server found")
        : RobotReply.Ok(new JsonArray([.. arguments.World.Servers.Select(server => Envelope(Listed(server)))]));

    private static JsonObject Envelope(JsonObject server) => new() { ["server"] = server };

    private static JsonObject Listed(LabServer server) => new()
    {
        ["server_ip"] = server.Address.ToString(),
        ["server_ipv6_net"] = server.Description.Ipv6Network,
        ["server_number"] = server.Number,
        ["server_name"] = server.Description.Name,
        ["product"] = server.Description.Product,
        ["dc"] = server.Description.Datacenter,
        ["traffic"] = "unlimited",
        ["status"] = "ready",
        ["cancelled"] = false,
        ["paid_until"] = "2030-12-31",
        ["ip"] = new JsonArray(server.Address.ToString()),
        ["subnet"] = new JsonArray(new JsonObject { ["ip"] = server.Description.Ipv6Network, ["mask"] = "64" }),
        ["linked_storagebox"] = null,
    };

    private static JsonObject Single(LabServer server)
    {
        var json = Listed(server);
        foreach (var offered in (string[])["reset", "rescue"]) json[offered] = true;
        foreach (var missing in (string[])["vnc", "windows", "plesk", "cpanel", "wol", "hot_swap"]) json[missing] = false;
        return json;
    }

    private static RobotReply Address(RobotArguments arguments)
    {
        var server = arguments.World.Servers.FirstOrDefault(candidate => candidate.Address.ToString() == arguments.Path("ip"));
        if (server is null) return RobotReply.Error(404, "IP_NOT_FOUND", "ip not found");
        var bytes = server.Address.GetAddressBytes();
        bytes[3] |= (1 << (32 - PrefixLength)) - 1;
        return RobotReply.Ok(new JsonObject
        {
            ["ip"] = new JsonObject
            {
                ["ip"] = server.Address.ToString(),
                ["server_ip"] = server.Address.ToString(),
                ["server_number"] = server.Number,
                ["locked"] = false,
                ["separate_mac"] = null,
                ["traffic_warnings"] = false,
                ["traffic_hourly"] = 50,
                ["traffic_daily"] = 50,
                ["traffic_monthly"] = 8,
                ["gateway"] = server.Description.Gateway,
                ["mask"] = PrefixLength,
                ["broadcast"] = new IPAddress(bytes).ToString(),
            },
        });
    }
}
