using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary><c>/firewall</c>: what is written is told again, after the half minute that a switch takes. Of all it could filter, only Hetzner's own
/// services are: without them no network boot is answered.</summary>
internal sealed partial class FirewallEndpoints(LabTime time)
{
    private const int MostRules = 10;

    private static readonly TimeSpan s_writing = TimeSpan.FromSeconds(25);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Firewall> _firewalls = [];

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/firewall/{server}", 500, arguments => arguments.OnServer(server => Show(server))),
        new(HttpMethod.Post, "/firewall/{server}", 500, arguments => arguments.OnServer(server => Write(server, arguments))),
        new(HttpMethod.Delete, "/firewall/{server}", 500, arguments => arguments.OnServer(server => Replace(server, Firewall.None))),
    ];

    private RobotReply Write(LabServer server, RobotArguments arguments)
    {
        var status = arguments.Form["status"].ToString();
        if (status is not ("active" or "disabled")) return status.Length == 0 ? RobotReply.Invalid(missing: ["status"]) : RobotReply.Invalid(invalid: ["status"]);
        var written = new Firewall(status, arguments.Form["whitelist_hos"] == "true", arguments.Form["filter_ipv6"] == "true", Rules(arguments, "input"), Rules(arguments, "output"), default);
        if (written.Input.Concat(written.Output).Any(rule => rule["action"] is null)) return RobotReply.Invalid(missing: ["action"]);
        return written.Input.Count > MostRules || written.Output.Count > MostRules
            ? RobotReply.Error(409, "FIREWALL_RULE_LIMIT_EXCEEDED", "the firewall rule limit is exceeded")
            : Replace(server, written);
    }

    private static List<JsonObject> Rules(RobotArguments arguments, string direction) =>
    [
        .. arguments.Form.Select(field => (Match: RuleField().Match(field.Key), Value: field.Value.ToString()))
            .Where(field => field.Match.Success && field.Match.Groups["direction"].Value == direction)
            .GroupBy(field => int.Parse(field.Match.Groups["index"].Value, CultureInfo.InvariantCulture))
            .OrderBy(rule => rule.Key)
            .Select(rule => new JsonObject(rule.Select(field => KeyValuePair.Create(field.Match.Groups["field"].Value, (JsonNode?)JsonValue.Create(field.Value))))),
    ];

    [GeneratedRegex(@"^rules\[(?<direction>input|output)\]\[(?<index>\d{1,3})\]\[(?<field>[a-z_]+)\]$")]
    private static partial Regex RuleField();

    private RobotReply Replace(LabServer server, Firewall firewall)
    {
        lock (_gate)
        {
            if (_firewalls.TryGetValue(server.Number, out var present) && present.InForceAt > time.Now)
                return RobotReply.Error(409, "FIREWALL_IN_PROCESS", "the firewall is being changed");
            _firewalls[server.Number] = firewall with { InForceAt = time.Now + time.Scaled(s_writing) };
        }

        time.After(s_writing, () => server.BlockNetworkBoot(firewall is { Status: "active", WhitelistHos: false }));

        return Show(server);
    }

    private RobotReply Show(LabServer server)
    {
        lock (_gate)
        {
            var firewall = _firewalls.GetValueOrDefault(server.Number, Firewall.None);
            return RobotReply.Ok(new JsonObject
            {
                ["firewall"] = new JsonObject
                {
                    ["server_ip"] = server.Address.ToString(),
                    ["server_number"] = server.Number,
                    ["status"] = firewall.InForceAt > time.Now ? "in process" : firewall.Status,
                    ["filter_ipv6"] = firewall.FilterIpv6,
                    ["whitelist_hos"] = firewall.WhitelistHos,
                    ["port"] = "main",
                    ["rules"] = new JsonObject
                    {
                        ["input"] = new JsonArray([.. firewall.Input.Select(rule => rule.DeepClone())]),
                        ["output"] = new JsonArray([.. firewall.Output.Select(rule => rule.DeepClone())]),
                    },
                },
            });
        }
    }

    private sealed record Firewall(string Status, bool WhitelistHos, bool FilterIpv6, IReadOnlyList<JsonObject> Input, IReadOnlyList<JsonObject> Output, DateTimeOffset InForceAt)
    {
        public static Firewall None { get; } = new("disabled", WhitelistHos: false, FilterIpv6: false, [], [], default);
    }
}
