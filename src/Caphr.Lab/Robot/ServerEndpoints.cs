using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary><c>/server</c> and <c>/wol</c>.</summary>
internal sealed class ServerEndpoints
{
    private readonly ConcurrentDictionary<int, string> _names = [];

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/server", 200, List),
        new(HttpMethod.Get, "/server/{server}", 200, arguments => arguments.OnServer(server => RobotReply.Ok(Envelope(Single(server))))),
        new(HttpMethod.Post, "/server/{server}", 200, arguments => arguments.OnServer(server => Rename(server, arguments))),
        new(HttpMethod.Get, "/server/{server}/cancellation", 200, arguments => arguments.OnServer(Cancellation)),
        new(HttpMethod.Get, "/wol/{server}", 500, arguments => arguments.OnServer(Listens)),
        // A server that listens has no power button that could have switched it off, so a magic packet finds it running.
        new(HttpMethod.Post, "/wol/{server}", 10, arguments => arguments.OnServer(Listens)),
    ];

    private RobotReply List(RobotArguments arguments) => arguments.World.Servers.Count == 0
        ? RobotReply.Error(404, "SERVER_NOT_FOUND", "no server found")
        : RobotReply.Ok(new JsonArray([.. arguments.World.Servers.Select(server => Envelope(Listed(server)))]));

    private static JsonObject Envelope(JsonObject server) => new() { ["server"] = server };

    private JsonObject Listed(LabServer server) => new()
    {
        ["server_ip"] = server.Address.ToString(),
        ["server_ipv6_net"] = server.Description.Ipv6Network,
        ["server_number"] = server.Number,
        ["server_name"] = NameOf(server),
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

    private JsonObject Single(LabServer server)
    {
        var json = Listed(server);
        foreach (var offered in (string[])["reset", "rescue"]) json[offered] = true;
        foreach (var missing in (string[])["vnc", "windows", "plesk", "cpanel", "hot_swap"]) json[missing] = false;
        json["wol"] = !server.Description.PowerControl;
        return json;
    }

    private RobotReply Rename(LabServer server, RobotArguments arguments)
    {
        var name = arguments.Form["server_name"].ToString();
        if (name.Length == 0) return RobotReply.Invalid(missing: ["server_name"]);
        _names[server.Number] = name;
        return RobotReply.Ok(Envelope(Single(server)));
    }

    private RobotReply Cancellation(LabServer server) => RobotReply.Ok(new JsonObject
    {
        ["cancellation"] = new JsonObject
        {
            ["server_ip"] = server.Address.ToString(),
            ["server_ipv6_net"] = server.Description.Ipv6Network,
            ["server_number"] = server.Number,
            ["server_name"] = NameOf(server),
            ["earliest_cancellation_date"] = "2030-12-31",
            ["cancelled"] = false,
            ["reservation_possible"] = false,
            ["reserved"] = false,
            ["cancellation_date"] = null,
            ["cancellation_reason"] = new JsonArray("Upgrade to a new server", "Dissatisfied with the hardware"),
        },
    });

    private string NameOf(LabServer server) => _names.GetValueOrDefault(server.Number, server.Description.Name);

    private static RobotReply Listens(LabServer server) => server.Description.PowerControl
        ? RobotReply.Error(404, "WOL_NOT_AVAILABLE", "Wake On LAN is not available for this server")
        : RobotReply.Ok(new JsonObject
        {
            ["wol"] = new JsonObject { ["server_ip"] = server.Address.ToString(), ["server_ipv6_net"] = server.Description.Ipv6Network, ["server_number"] = server.Number },
        });
}
