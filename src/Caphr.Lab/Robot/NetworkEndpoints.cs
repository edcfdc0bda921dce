using System.Net;
using System.Text.Json.Nodes;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary><c>/ip</c>, <c>/subnet</c>, <c>/rdns</c> and <c>/failover</c>. The account has one failover address, which belongs to its first server.</summary>
internal sealed class NetworkEndpoints
{
    private const int PrefixLength = 26;
    private const string FailoverAddress = "127.250.0.1";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);
    private string? _routedTo;

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/ip", 5000, arguments => List(arguments, "ip", server => Address(server))),
        new(HttpMethod.Get, "/ip/{ip}", 5000, SingleAddress),
        new(HttpMethod.Get, "/ip/{ip}/cancellation", 200, arguments => arguments.Find(arguments.Path("ip")) is { } server ? Cancellation(server) : RobotReply.Error(404, "IP_NOT_FOUND", "ip not found")),
        new(HttpMethod.Get, "/subnet", 5000, arguments => List(arguments, "subnet", Subnet)),
        new(HttpMethod.Get, "/subnet/{net}", 5000, SingleSubnet),
        new(HttpMethod.Get, "/rdns", 500, _ => Names()),
        new(HttpMethod.Get, "/rdns/{ip}", 500, arguments => OnAddress(arguments, FindName)),
        new(HttpMethod.Put, "/rdns/{ip}", 500, arguments => OnAddress(arguments, ip => SetName(ip, arguments, isNew: true))),
        new(HttpMethod.Post, "/rdns/{ip}", 500, arguments => OnAddress(arguments, ip => SetName(ip, arguments, isNew: false))),
        new(HttpMethod.Delete, "/rdns/{ip}", 500, arguments => OnAddress(arguments, DeleteName)),
        new(HttpMethod.Get, "/failover", 100, arguments => arguments.World.Servers.Count == 0 ? RobotReply.Error(404, "NOT_FOUND", "no failover ip found") : RobotReply.Ok(new JsonArray(Failover(arguments)))),
        new(HttpMethod.Get, "/failover/{ip}", 100, arguments => OnFailover(arguments, () => RobotReply.Ok(Failover(arguments)))),
        new(HttpMethod.Post, "/failover/{ip}", 50, arguments => OnFailover(arguments, () => Route(arguments))),
        new(HttpMethod.Delete, "/failover/{ip}", 50, arguments => OnFailover(arguments, () => Unroute(arguments))),
    ];

    private static RobotReply List(RobotArguments arguments, string envelope, Func<LabServer, JsonObject> item)
    {
        var wanted = arguments.World.Servers.Where(server => arguments.Query("server_ip") is not { Length: > 0 } ip || server.Address.ToString() == ip).ToList();
        return wanted.Count == 0
            ? RobotReply.Error(404, "NOT_FOUND", $"no {envelope} found")
            : RobotReply.Ok(new JsonArray([.. wanted.Select(server => new JsonObject { [envelope] = item(server) })]));
    }

    private static JsonObject Address(LabServer server) => new()
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
    };

    private static RobotReply SingleAddress(RobotArguments arguments)
    {
        var server = arguments.Find(arguments.Path("ip"));
        if (server is null) return RobotReply.Error(404, "IP_NOT_FOUND", "ip not found");
        var bytes = server.Address.GetAddressBytes();
        bytes[3] |= (1 << (32 - PrefixLength)) - 1;
        var json = Address(server);
        json["gateway"] = server.Description.Gateway;
        json["mask"] = PrefixLength;
        json["broadcast"] = new IPAddress(bytes).ToString();
        return RobotReply.Ok(new JsonObject { ["ip"] = json });
    }

    private static RobotReply Cancellation(LabServer server) => RobotReply.Ok(new JsonObject
    {
        ["cancellation"] = new JsonObject
        {
            ["ip"] = server.Address.ToString(),
            ["server_number"] = server.Number,
            ["earliest_cancellation_date"] = "2030-12-31",
            ["cancelled"] = false,
            ["cancellation_date"] = null,
        },
    });

    private static JsonObject Subnet(LabServer server) => new()
    {
        ["ip"] = server.Description.Ipv6Network,
        ["mask"] = 64,
        ["gateway"] = "fe80::1",
        ["server_ip"] = server.Address.ToString(),
        ["server_number"] = server.Number,
        ["failover"] = false,
        ["locked"] = false,
        ["traffic_warnings"] = false,
        ["traffic_hourly"] = 50,
        ["traffic_daily"] = 50,
        ["traffic_monthly"] = 8,
    };

    private static RobotReply SingleSubnet(RobotArguments arguments)
    {
        var server = arguments.World.Servers.FirstOrDefault(candidate =>
            IPAddress.TryParse(arguments.Path("net"), out var asked) && asked.Equals(IPAddress.Parse(candidate.Description.Ipv6Network)));
        return server is null ? RobotReply.Error(404, "SUBNET_NOT_FOUND", "subnet not found") : RobotReply.Ok(new JsonObject { ["subnet"] = Subnet(server) });
    }

    private static JsonObject Name(string ip, string name) => new() { ["rdns"] = new JsonObject { ["ip"] = ip, ["ptr"] = name } };

    private static RobotReply OnAddress(RobotArguments arguments, Func<string, RobotReply> answer)
    {
        var ip = arguments.Path("ip");
        return arguments.World.Servers.Any(server => server.Address.ToString() == ip) ? answer(ip) : RobotReply.Error(404, "IP_NOT_FOUND", "ip not found");
    }

    private static RobotReply OnFailover(RobotArguments arguments, Func<RobotReply> answer) =>
        arguments.Path("ip") == FailoverAddress && arguments.World.Servers.Count > 0 ? answer() : RobotReply.Error(404, "NOT_FOUND", "failover ip not found");

    private RobotReply Names()
    {
        lock (_gate)
        {
            return _names.Count == 0 ? RobotReply.Error(404, "NOT_FOUND", "no rdns entries found") : RobotReply.Ok(new JsonArray([.. _names.Select(entry => Name(entry.Key, entry.Value))]));
        }
    }

    private RobotReply FindName(string ip)
    {
        lock (_gate) return _names.TryGetValue(ip, out var name) ? RobotReply.Ok(Name(ip, name)) : RobotReply.Error(404, "RDNS_NOT_FOUND", "rdns entry not found");
    }

    private RobotReply SetName(string ip, RobotArguments arguments, bool isNew)
    {
        var name = arguments.Form["ptr"].ToString();
        if (name.Length == 0) return RobotReply.Invalid(missing: ["ptr"]);
        lock (_gate)
        {
            var isThere = _names.ContainsKey(ip);
            if (isThere && isNew) return RobotReply.Error(409, "RDNS_ALREADY_EXISTS", "there is already a rdns entry");
            _names[ip] = name;
            return isThere ? RobotReply.Ok(Name(ip, name)) : RobotReply.Created(Name(ip, name));
        }
    }

    private RobotReply DeleteName(string ip)
    {
        lock (_gate) return _names.Remove(ip) ? RobotReply.Nothing(200) : RobotReply.Error(404, "RDNS_NOT_FOUND", "rdns entry not found");
    }

    private JsonObject Failover(RobotArguments arguments)
    {
        var owner = arguments.World.Servers[0];
        lock (_gate)
        {
            return new JsonObject
            {
                ["failover"] = new JsonObject
                {
                    ["ip"] = FailoverAddress,
                    ["netmask"] = "255.255.255.255",
                    ["server_ip"] = owner.Address.ToString(),
                    ["server_ipv6_net"] = owner.Description.Ipv6Network,
                    ["server_number"] = owner.Number,
                    ["active_server_ip"] = _routedTo,
                },
            };
        }
    }

    private RobotReply Route(RobotArguments arguments)
    {
        var target = arguments.Form["active_server_ip"].ToString();
        if (target.Length == 0) return RobotReply.Invalid(missing: ["active_server_ip"]);
        if (!arguments.World.Servers.Any(server => server.Address.ToString() == target)) return RobotReply.Error(404, "FAILOVER_NEW_SERVER_NOT_FOUND", "new server not found");
        lock (_gate)
        {
            if (_routedTo == target) return RobotReply.Error(409, "FAILOVER_ALREADY_ROUTED", "failover is already routed to this server");
            _routedTo = target;
        }

        return RobotReply.Ok(Failover(arguments));
    }

    private RobotReply Unroute(RobotArguments arguments)
    {
        lock (_gate) _routedTo = null;
        return RobotReply.Ok(Failover(arguments));
    }
}
