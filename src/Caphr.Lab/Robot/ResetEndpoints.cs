using System.Text.Json.Nodes;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Robot;

/// <summary><c>/reset</c>. A technician who has been asked never comes by himself; until he is said to have been, no other reset is taken.</summary>
internal sealed class ResetEndpoints
{
    private static readonly Dictionary<string, ResetKind> s_kinds = new()
    {
        ["sw"] = ResetKind.Software,
        ["hw"] = ResetKind.Hardware,
        ["power"] = ResetKind.Power,
        ["power_long"] = ResetKind.PowerLong,
        ["man"] = ResetKind.Manual,
    };

    private readonly Lock _gate = new();
    private readonly HashSet<int> _technicianAsked = [];

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/reset", 500, List),
        new(HttpMethod.Get, "/reset/{server}", 500, arguments => arguments.OnServer(server => RobotReply.Ok(Envelope(Single(server))))),
        new(HttpMethod.Post, "/reset/{server}", 50, arguments => arguments.OnServer(server => Press(server, arguments.Form["type"].ToString()))),
    ];

    public void TechnicianWasThere(int server)
    {
        lock (_gate) _technicianAsked.Remove(server);
    }

    private static RobotReply List(RobotArguments arguments) => arguments.World.Servers.Count == 0
        ? RobotReply.Error(404, "NOT_FOUND", "no server with reset option found")
        : RobotReply.Ok(new JsonArray([.. arguments.World.Servers.Select(server => Envelope(Listed(server)))]));

    // Hardware comes in two families: those with power buttons can also tell whether they run.
    private static string[] Offered(LabServer server) => server.Description.PowerControl ? ["power", "power_long", "hw", "man"] : ["sw", "hw", "man"];

    private static JsonObject Envelope(JsonObject reset) => new() { ["reset"] = reset };

    private static JsonObject Listed(LabServer server) => new()
    {
        ["server_ip"] = server.Address.ToString(),
        ["server_ipv6_net"] = server.Description.Ipv6Network,
        ["server_number"] = server.Number,
        ["type"] = new JsonArray([.. Offered(server).Select(type => JsonValue.Create(type))]),
    };

    private static JsonObject Single(LabServer server)
    {
        var json = Listed(server);
        json["operating_status"] = (server.Description.PowerControl, server.Running) switch
        {
            (false, _) => "not supported",
            (true, RunningSystem.PoweredOff) => "shut off",
            (true, _) => "running",
        };
        return json;
    }

    private RobotReply Press(LabServer server, string type)
    {
        if (type.Length == 0) return RobotReply.Invalid(missing: ["type"]);
        if (!Offered(server).Contains(type)) return RobotReply.Invalid(invalid: ["type"]);
        lock (_gate)
        {
            if (_technicianAsked.Contains(server.Number)) return RobotReply.Error(409, "RESET_MANUAL_ACTIVE", "there is already a running manual reset");
            if (s_kinds[type] == ResetKind.Manual) _technicianAsked.Add(server.Number);
        }

        server.PressReset(s_kinds[type]);

        // Robot's own sample leaves the server's number out of this answer.
        return RobotReply.Ok(Envelope(new JsonObject
        {
            ["server_ip"] = server.Address.ToString(),
            ["server_ipv6_net"] = server.Description.Ipv6Network,
            ["type"] = type,
        })) with
        { IsLost = server.Strikes(ServerFault.ResetReplyLost) };
    }
}
