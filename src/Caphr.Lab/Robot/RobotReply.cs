using System.Text.Json.Nodes;

namespace Caphr.Lab.Robot;

/// <summary>An answer in Robot's own form.</summary>
internal sealed record RobotReply(int Status, string? Body)
{
    /// <summary>What was asked for is done, and nobody hears of it.</summary>
    public bool IsLost { get; init; }

    public static RobotReply Ok(JsonNode body) => new(200, body.ToJsonString());

    public static RobotReply Created(JsonNode body) => new(201, body.ToJsonString());

    public static RobotReply Nothing(int status) => new(status, null);

    public static RobotReply Error(int status, string code, string message) => Of(Problem(status, code, message));

    public static RobotReply Invalid(string[]? missing = null, string[]? invalid = null)
    {
        var problem = Problem(400, "INVALID_INPUT", "invalid input");
        problem["missing"] = Names(missing);
        problem["invalid"] = Names(invalid);
        return Of(problem);
    }

    /// <summary>The documentation calls the last field max_request.</summary>
    public static RobotReply RateLimited(TimeSpan interval, int limit)
    {
        var problem = Problem(403, "RATE_LIMIT_EXCEEDED", "rate limit exceeded");
        problem["interval"] = (int)Math.Ceiling(interval.TotalSeconds);
        problem["max_request"] = limit;
        return Of(problem);
    }

    private static JsonObject Problem(int status, string code, string message) => new() { ["status"] = status, ["code"] = code, ["message"] = message };

    private static RobotReply Of(JsonObject problem) => new((int)problem["status"]!, new JsonObject { ["error"] = problem }.ToJsonString());

    private static JsonArray? Names(string[]? names) => names is null ? null : [.. names.Select(name => JsonValue.Create(name))];
}
