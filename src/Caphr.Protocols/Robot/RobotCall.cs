using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>One request: what quotas know it as, where it goes, and the form that goes with it.</summary>
internal sealed record RobotCall(HttpMethod Method, string Template, string Path, IReadOnlyList<KeyValuePair<string, string>>? Form = null)
{
    public static RobotCall Get(string template, string? path = null) => new(HttpMethod.Get, template, path ?? template);

    public RobotFailure Failed(RobotError error, string detail) => new() { Error = error, Method = Method, Template = Template, Detail = detail };

    public RobotFailure Garbled(int status, string detail) => Failed(RobotError.Garbled, detail) with { Status = status };
}

/// <summary>A 2xx answer. <see cref="Body"/> is undefined where Robot sent none, as some calls do.</summary>
internal sealed record RobotAnswer(RobotCall Call, int Status, JsonElement Body)
{
    public Outcome<T, RobotFailure> One<T>(string? envelope, Func<JsonElement, T?> read)
        where T : class
    {
        if (read(Open(Body, envelope)) is { } value) return value;
        return Call.Garbled(Status, $"the answer holds no readable {envelope ?? "object"}");
    }

    public Outcome<IReadOnlyList<T>, RobotFailure> Many<T>(string? envelope, Func<JsonElement, T?> read)
        where T : class
    {
        if (Body.ValueKind != JsonValueKind.Array) return Call.Garbled(Status, "the answer is not a list");
        var values = new List<T>();
        foreach (var item in Body.EnumerateArray())
        {
            // Leaving one out would say that it does not exist.
            if (read(Open(item, envelope)) is not { } value) return Call.Garbled(Status, $"the list holds an unreadable {envelope ?? "object"}");
            values.Add(value);
        }

        return values;
    }

    /// <summary>All objects come within an object that names their type, except those of /vswitch.</summary>
    private static JsonElement Open(JsonElement json, string? envelope) => envelope is null ? json : json.Inner(envelope);
}
