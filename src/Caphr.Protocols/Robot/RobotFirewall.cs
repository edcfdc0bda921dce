using System.Globalization;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

public enum FirewallState
{
    Active,

    Disabled,

    /// <summary>For about half a minute after a change, in which no other is taken.</summary>
    InProcess,
}

/// <summary>The stateless filter at a server's switch port.</summary>
public sealed record RobotFirewall
{
    public required FirewallState State { get; init; }

    /// <summary>Lets Hetzner's own services through. Without it the server gets no address, no network boot and no rescue system.</summary>
    public bool AllowsHetznerServices { get; init; }

    public bool FiltersIpv6 { get; init; }

    public required IReadOnlyList<FirewallRule> Input { get; init; }

    /// <summary>Left empty while <see cref="Input"/> is not, everything that the server sends is discarded.</summary>
    public required IReadOnlyList<FirewallRule> Output { get; init; }

    internal static RobotFirewall? Read(JsonElement json)
    {
        var rules = json.Inner("rules");
        if (Rules(rules, "input") is not { } input || Rules(rules, "output") is not { } output) return null;
        FirewallState? state = json.Text("status") switch
        {
            "active" => FirewallState.Active,
            "disabled" => FirewallState.Disabled,
            null => null,
            _ => FirewallState.InProcess,
        };
        return state is null
            ? null
            : new RobotFirewall
            {
                State = state.Value,
                AllowsHetznerServices = json.Flag("whitelist_hos") ?? false,
                FiltersIpv6 = json.Flag("filter_ipv6") ?? false,
                Input = input,
                Output = output,
            };
    }

    internal IEnumerable<KeyValuePair<string, string>> Form() =>
    [
        new("status", State == FirewallState.Disabled ? "disabled" : "active"),
        new("filter_ipv6", FiltersIpv6 ? "true" : "false"),
        new("whitelist_hos", AllowsHetznerServices ? "true" : "false"),
        .. Input.SelectMany((rule, index) => rule.Form("input", index)),
        .. Output.SelectMany((rule, index) => rule.Form("output", index)),
    ];

    private static List<FirewallRule>? Rules(JsonElement rules, string direction)
    {
        var read = new List<FirewallRule>();
        foreach (var item in rules.Items(direction))
        {
            // A rule that is left out would open or close something else.
            if (FirewallRule.Read(item) is not { } rule) return null;
            read.Add(rule);
        }

        return read;
    }
}

/// <summary>What is null matches everything. Ports may be ranges.</summary>
public sealed record FirewallRule
{
    public required bool Accepts { get; init; }

    public string? Name { get; init; }

    public string? IpVersion { get; init; }

    public string? Source { get; init; }

    public string? Destination { get; init; }

    public string? SourcePort { get; init; }

    public string? DestinationPort { get; init; }

    public string? Protocol { get; init; }

    public string? TcpFlags { get; init; }

    internal static FirewallRule? Read(JsonElement json) => json.Text("action") is var action && action is not ("accept" or "discard")
        ? null
        : new FirewallRule
        {
            Accepts = action == "accept",
            Name = json.Text("name"),
            IpVersion = json.Text("ip_version"),
            Source = json.Text("src_ip"),
            Destination = json.Text("dst_ip"),
            SourcePort = json.Text("src_port"),
            DestinationPort = json.Text("dst_port"),
            Protocol = json.Text("protocol"),
            TcpFlags = json.Text("tcp_flags"),
        };

    internal IEnumerable<KeyValuePair<string, string>> Form(string direction, int index)
    {
        (string Field, string? Value)[] fields =
        [
            ("name", Name), ("ip_version", IpVersion), ("src_ip", Source), ("dst_ip", Destination), ("src_port", SourcePort), ("dst_port", DestinationPort),
            ("protocol", Protocol), ("tcp_flags", TcpFlags), ("action", Accepts ? "accept" : "discard"),
        ];
        return fields.Where(field => field.Value is not null)
            .Select(field => KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"rules[{direction}][{index}][{field.Field}]"), field.Value!));
    }
}
