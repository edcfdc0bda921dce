using System.Text.Json.Nodes;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary><c>/boot/{server}/rescue</c>.</summary>
internal sealed class RescueEndpoints(KeyEndpoints keys, LabTime time, Random random)
{
    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static readonly TimeSpan s_lateness = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    private readonly Dictionary<int, IReadOnlyList<string>> _last = [];

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/boot/{server}", 500, arguments => arguments.OnServer(ShowAll)),
        new(HttpMethod.Get, "/boot/{server}/rescue/last", 500, arguments => arguments.OnServer(ShowLast)),
        new(HttpMethod.Get, "/boot/{server}/rescue", 500, arguments => arguments.OnServer(server => Look(server, arguments))),
        new(HttpMethod.Post, "/boot/{server}/rescue", 500, arguments => arguments.OnServer(server => Order(server, arguments))),
        new(HttpMethod.Delete, "/boot/{server}/rescue", 500, arguments => arguments.OnServer(Cancel)),
    ];

    private RobotReply Order(LabServer server, RobotArguments arguments)
    {
        var os = arguments.Form["os"].ToString();
        if (os.Length == 0) return RobotReply.Invalid(missing: ["os"]);
        if (os is not ("linux" or "vkvm")) return RobotReply.Invalid(invalid: ["os"]);
        var fingerprints = arguments.List("authorized_key");
        if (fingerprints.Any(fingerprint => keys.Find(fingerprint) is null)) return RobotReply.Invalid(invalid: ["authorized_key"]);

        // What happens to a second order is not specified; refusing it shows up clients that rely on one answer.
        if (server.PendingRescue is not null) return RobotReply.Error(409, "BOOT_ALREADY_ENABLED", "there is already an active boot configuration");
        server.OrderRescue(Password(), fingerprints, [.. fingerprints.Select(fingerprint => keys.Find(fingerprint)?.Data).OfType<string>()]);
        lock (_gate) _last[server.Number] = fingerprints;
        return Show(server);
    }

    private RobotReply Cancel(LabServer server)
    {
        server.CancelRescue();
        return Show(server);
    }

    private RobotReply Look(LabServer server, RobotArguments arguments)
    {
        var isLate = arguments.Scenarios.Contains(RobotScenario.LateActive) && server.RescueUsedAt is { } used && time.Now < used + time.Scaled(s_lateness);
        if (!isLate) return Show(server);
        var json = Rescue(server);
        json["active"] = true;
        return RobotReply.Ok(Envelope(json));
    }

    private RobotReply Show(LabServer server) => RobotReply.Ok(Envelope(Rescue(server)));

    /// <summary>Kinds of boot configuration that the server does not offer are null.</summary>
    private RobotReply ShowAll(LabServer server) => RobotReply.Ok(new JsonObject
    {
        ["boot"] = new JsonObject { ["rescue"] = Rescue(server), ["linux"] = null, ["vnc"] = null, ["windows"] = null, ["plesk"] = null, ["cpanel"] = null },
    });

    private RobotReply ShowLast(LabServer server)
    {
        IReadOnlyList<string>? keysOfLast;
        lock (_gate) keysOfLast = _last.GetValueOrDefault(server.Number);
        if (keysOfLast is null) return RobotReply.Error(404, "NOT_FOUND", "no activation found");
        var json = Rescue(server);
        json["os"] = "linux";
        json["arch"] = 64;
        json["password"] = null;
        json["authorized_key"] = Keys(keysOfLast);
        return RobotReply.Ok(Envelope(json));
    }

    private static JsonObject Envelope(JsonObject rescue) => new() { ["rescue"] = rescue };

    private JsonObject Rescue(LabServer server)
    {
        var order = server.PendingRescue;
        return new JsonObject
        {
            ["server_ip"] = server.Address.ToString(),
            ["server_ipv6_net"] = server.Description.Ipv6Network,
            ["server_number"] = server.Number,
            ["os"] = order is null ? new JsonArray("linux", "vkvm") : "linux",
            ["arch"] = order is null ? new JsonArray(64) : 64,
            ["active"] = order is not null,
            ["password"] = order?.Password,
            ["authorized_key"] = Keys(order?.AuthorizedFingerprints ?? []),
            ["host_key"] = new JsonArray(),
            ["boot_time"] = null,
        };
    }

    private JsonArray Keys(IEnumerable<string> fingerprints) => new([.. fingerprints.Select(Key).OfType<JsonNode>()]);

    private JsonObject? Key(string fingerprint) => keys.Find(fingerprint) is { } key ? new JsonObject { ["key"] = key.Short() } : null;

    private string Password()
    {
        lock (_gate) return string.Concat(random.GetItems<char>(PasswordLetters, 12));
    }
}
