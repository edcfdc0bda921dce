using System.Globalization;
using System.Text.Json.Nodes;

namespace Caphr.Lab.Robot;

/// <summary>Gives an answer the shape of the scenarios that are on.</summary>
internal static class RobotShapes
{
    private const string Page = "<html><body><h1>An error has occurred</h1></body></html>";

    public static RobotReply Apply(IReadOnlySet<RobotScenario> scenarios, HttpMethod method, RobotReply reply)
    {
        if (scenarios.Contains(RobotScenario.Maintenance)) return new RobotReply(503, Page);
        if (scenarios.Contains(RobotScenario.EmptyBodies) && method != HttpMethod.Get && reply.Status < 300) return reply with { Body = null };
        if (reply.Body is null) return reply;
        var json = JsonNode.Parse(reply.Body)!;
        if (json is JsonObject && json["error"] is JsonObject error) return Error(scenarios, method, reply, error);
        foreach (var scenario in scenarios) json = Walk(json, scenario);
        return reply with { Body = json!.ToJsonString() };
    }

    private static RobotReply Error(IReadOnlySet<RobotScenario> scenarios, HttpMethod method, RobotReply reply, JsonObject error)
    {
        var isQuota = (string?)error["code"] == "RATE_LIMIT_EXCEEDED";
        if (isQuota && scenarios.Contains(RobotScenario.SilentQuotas)) return RobotReply.Nothing(403);
        if (scenarios.Contains(RobotScenario.EmptyLists) && method == HttpMethod.Get && IsNone(error)) return new RobotReply(200, "[]");
        if (scenarios.Contains(RobotScenario.HtmlErrors)) return reply with { Body = Page };
        if (!isQuota || !scenarios.Contains(RobotScenario.MaxRequests)) return reply;
        error["max_requests"] = error["max_request"]!.DeepClone();
        error.Remove("max_request");
        return reply with { Body = error.Root.ToJsonString() };
    }

    /// <summary>Answers about lists say that no such things were found; those about one thing, that it was not.</summary>
    private static bool IsNone(JsonObject error) => (int?)error["status"] == 404 && ((string?)error["message"])?.StartsWith("no ", StringComparison.Ordinal) == true;

    private static JsonNode? Walk(JsonNode? json, RobotScenario scenario)
    {
        switch (json)
        {
            case JsonArray array:
                for (var i = 0; i < array.Count; i++) array[i] = Walk(Detached(array[i]), scenario);
                return array;
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    members.Remove(name);
                    var (shapedName, shaped) = Shape(name, Walk(Detached(value), scenario), scenario);
                    if (shapedName is not null) members[shapedName] = shaped;
                }

                return members;
            default:
                return json;
        }
    }

    private static JsonNode? Detached(JsonNode? value) => value?.DeepClone();

    /// <returns>No name: the member is left out.</returns>
    private static (string? Name, JsonNode? Value) Shape(string name, JsonNode? value, RobotScenario scenario) => (scenario, name, value) switch
    {
        (RobotScenario.SingleValuesForLists, "os" or "arch" or "type" or "ip" or "cancellation_reason", JsonArray { Count: > 0 } list) => (name, list[0]!.DeepClone()),
        (RobotScenario.ObjectsForLists, "input" or "output", JsonArray list) =>
            (name, new JsonObject(list.Select((item, index) => KeyValuePair.Create(index.ToString(CultureInfo.InvariantCulture), item?.DeepClone())))),
        (RobotScenario.NullLists, "ip" or "subnet", JsonArray) => (name, null),
        (RobotScenario.MissingLists, "ip" or "subnet", JsonArray) => (null, null),
        (RobotScenario.NumbersAsStrings, _, JsonValue number) when number.TryGetValue<long>(out var plain) => (name, plain.ToString(CultureInfo.InvariantCulture)),
        (RobotScenario.NumbersAsStrings, _, JsonValue number) when number.TryGetValue<int>(out var plain) => (name, plain.ToString(CultureInfo.InvariantCulture)),
        (RobotScenario.InProgress, "status", JsonValue word) when (string?)word == "in process" => (name, "in progress"),
        (RobotScenario.Processing, "status", JsonValue word) when (string?)word == "in process" => (name, "processing"),
        (RobotScenario.NoIpv4, "server_ip", _) => (name, null),
        (RobotScenario.EmptyIpv4, "server_ip", _) => (name, ""),
        (RobotScenario.PrefixedNetworks, "server_ipv6_net", JsonValue network) => (name, $"{network}/64"),
        (RobotScenario.DashedDates, "cancellation_date", _) => ("cancellation-date", value),
        (RobotScenario.DeprecatedArch, "arch", _) => ("@deprecated arch", value),
        _ => (name, value),
    };
}
