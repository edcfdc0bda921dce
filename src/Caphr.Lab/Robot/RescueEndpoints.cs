using System.Text.Json.Nodes;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary><c>/boot/{server}/rescue</c>.</summary>
internal sealed class RescueEndpoints(KeyEndpoints keys, Random random)
{
    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly Lock _gate = new();

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/boot/{server}/rescue", 500, arguments => arguments.OnServer(Show)),
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
        return Show(server);
    }

    private RobotReply Cancel(LabServer server)
    {
        server.CancelRescue();
        return Show(server);
    }

    private RobotReply Show(LabServer server)
    {
        var order = server.PendingRescue;
        var json = new JsonObject
        {
            ["server_ip"] = server.Address.ToString(),
            ["server_ipv6_net"] = server.Description.Ipv6Network,
            ["server_number"] = server.Number,
            ["os"] = order is null ? new JsonArray("linux", "vkvm") : "linux",
            ["arch"] = order is null ? new JsonArray(64) : 64,
            ["active"] = order is not null,
            ["password"] = order?.Password,
            ["authorized_key"] = new JsonArray([.. (order?.AuthorizedFingerprints ?? []).Select(Key).OfType<JsonNode>()]),
            ["host_key"] = new JsonArray(),
            ["boot_time"] = null,
        };
        return RobotReply.Ok(new JsonObject { ["rescue"] = json });
    }

    private JsonObject? Key(string fingerprint) => keys.Find(fingerprint) is { } key ? new JsonObject { ["key"] = key.Short() } : null;

    private string Password()
    {
        lock (_gate) return string.Concat(random.GetItems<char>(PasswordLetters, 12));
    }
}
