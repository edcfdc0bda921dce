using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary><c>/vswitch</c>, whose objects come without an envelope. While a member is being worked on, the switch takes no change.</summary>
internal sealed class SwitchEndpoints(LabTime time)
{
    private const int FirstId = 4321;
    private const int MostServers = 100;

    private static readonly TimeSpan s_attaching = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, VSwitch> _switches = [];

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/vswitch", 500, _ => List()),
        new(HttpMethod.Post, "/vswitch", 100, Create),
        new(HttpMethod.Get, "/vswitch/{id}", 500, arguments => OnSwitch(arguments, vSwitch => RobotReply.Ok(vSwitch.Full(arguments.World, time.Now)))),
        new(HttpMethod.Post, "/vswitch/{id}", 100, Change),
        new(HttpMethod.Delete, "/vswitch/{id}", 100, Cancel),
        new(HttpMethod.Post, "/vswitch/{id}/server", 100, arguments => OnMembers(arguments, isAttaching: true)),
        new(HttpMethod.Delete, "/vswitch/{id}/server", 100, arguments => OnMembers(arguments, isAttaching: false)),
    ];

    private static bool TryReadVlan(RobotArguments arguments, out int vlan) =>
        int.TryParse(arguments.Form["vlan"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out vlan) && vlan is >= 4000 and <= 4091;

    private RobotReply List()
    {
        lock (_gate) return RobotReply.Ok(new JsonArray([.. _switches.Values.Select(vSwitch => vSwitch.Short())]));
    }

    private RobotReply Create(RobotArguments arguments)
    {
        string[] missing = [.. ((string[])["name", "vlan"]).Where(field => arguments.Form[field].ToString().Length == 0)];
        if (missing.Length > 0) return RobotReply.Invalid(missing: missing);
        if (!TryReadVlan(arguments, out var vlan)) return RobotReply.Invalid(invalid: ["vlan"]);
        lock (_gate)
        {
            var created = new VSwitch(FirstId + _switches.Count, arguments.Form["name"].ToString(), vlan);
            _switches.Add(created.Id, created);
            return RobotReply.Created(created.Full(arguments.World, time.Now));
        }
    }

    private RobotReply Change(RobotArguments arguments) => OnSwitch(arguments, vSwitch =>
    {
        if (vSwitch.IsInProcess(time.Now)) return InProcess();
        if (!TryReadVlan(arguments, out var vlan)) return RobotReply.Invalid(invalid: ["vlan"]);
        _switches[vSwitch.Id] = vSwitch with { Name = arguments.Form["name"].ToString(), Vlan = vlan };
        return RobotReply.Nothing(201);
    });

    private RobotReply Cancel(RobotArguments arguments) => OnSwitch(arguments, vSwitch =>
    {
        if (arguments.Form["cancellation_date"].ToString().Length == 0) return RobotReply.Invalid(missing: ["cancellation_date"]);
        if (vSwitch.Cancelled) return RobotReply.Error(409, "CONFLICT", "the vSwitch is already cancelled");
        _switches[vSwitch.Id] = vSwitch with { Cancelled = true };
        return RobotReply.Nothing(200);
    });

    private RobotReply OnMembers(RobotArguments arguments, bool isAttaching) => OnSwitch(arguments, vSwitch =>
    {
        var asked = arguments.List("server");
        if (asked.Count == 0) return RobotReply.Invalid(missing: ["server"]);
        var servers = asked.Select(arguments.Find).ToList();
        if (servers.Contains(null)) return RobotReply.Error(404, "SERVER_NOT_FOUND", "server not found");
        if (vSwitch.IsInProcess(time.Now)) return InProcess();
        if (isAttaching && vSwitch.Members.Count + servers.Count > MostServers) return RobotReply.Error(409, "VSWITCH_SERVER_LIMIT_REACHED", "too many servers");
        foreach (var server in servers)
        {
            if (isAttaching) vSwitch.Members[server!.Number] = time.Now + time.Scaled(s_attaching);
            else vSwitch.Members.Remove(server!.Number);
        }

        return RobotReply.Nothing(201);
    });

    private static RobotReply InProcess() => RobotReply.Error(409, "VSWITCH_IN_PROCESS", "there is already an update running");

    private RobotReply OnSwitch(RobotArguments arguments, Func<VSwitch, RobotReply> answer)
    {
        lock (_gate)
        {
            return int.TryParse(arguments.Path("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && _switches.TryGetValue(id, out var vSwitch)
                ? answer(vSwitch)
                : RobotReply.Error(404, "NOT_FOUND", "vSwitch not found");
        }
    }

    private sealed record VSwitch(int Id, string Name, int Vlan)
    {
        public bool Cancelled { get; init; }

        /// <summary>Numbers of servers, and when they are ready.</summary>
        public SortedDictionary<int, DateTimeOffset> Members { get; init; } = [];

        public bool IsInProcess(DateTimeOffset now) => Members.Values.Any(ready => ready > now);

        public JsonObject Short() => new() { ["id"] = Id, ["name"] = Name, ["vlan"] = Vlan, ["cancelled"] = Cancelled };

        public JsonObject Full(LabWorld world, DateTimeOffset now)
        {
            var json = Short();
            json["server"] = new JsonArray([.. Members.Select(member => Member(world.Find(member.Key)!, member.Value > now))]);
            json["subnet"] = new JsonArray();
            json["cloud_network"] = new JsonArray();
            return json;
        }

        private static JsonObject Member(LabServer server, bool isInProcess) => new()
        {
            ["server_ip"] = server.Address.ToString(),
            ["server_ipv6_net"] = server.Description.Ipv6Network,
            ["server_number"] = server.Number,
            ["status"] = isInProcess ? "in process" : "ready",
        };
    }
}
