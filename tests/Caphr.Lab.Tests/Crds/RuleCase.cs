using System.Globalization;
using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Crds;

/// <summary>
/// One rule of a definition with a value that it accepts and one that it refuses. Paths are those of the schema: <c>[]</c> is the first
/// element of a list, <c>{}</c> the value of one key of a map.
/// </summary>
/// <param name="Path">Where the schema states the rule.</param>
/// <param name="Rule">The schema's keyword; <c>rule</c> for a CEL rule.</param>
/// <param name="Good">JSON for what is accepted; empty to leave the field out, null for what the complete manifest has.</param>
/// <param name="Bad">JSON for what is refused; empty to leave the field out.</param>
/// <param name="Words">What the refusal tells beside the field: a bound, the values that are supported, or the sentence of a CEL rule.</param>
internal sealed record RuleCase(string Path, string Rule, string? Good, string Bad, string Words = "")
{
    /// <summary>Where the values are written, if that is not where the rule is.</summary>
    public string? At { get; init; }

    /// <summary>What else differs from the complete manifest.</summary>
    public IReadOnlyList<(string At, string Json)> Given { get; init; } = [];

    /// <summary>About the change of an object that is there.</summary>
    public bool IsTransition { get; init; }

    public string Id => $"{Path} {Rule} {(Rule == "rule" ? Words : "")}".TrimEnd();

    public bool IsOfStatus => Path.StartsWith("status", StringComparison.Ordinal);

    /// <summary>The field as a refusal names it.</summary>
    public string Field => Path.Replace("[]", Rule == "map" ? "[1]" : "[0]", StringComparison.Ordinal).Replace("{}", ".key", StringComparison.Ordinal) + (Rule == "map" ? "[1]" : "");

    public string Complaint => Rule switch
    {
        "required" => "Required value",
        "enum" => $"supported values: {Words}",
        "minimum" => $"should be greater than or equal to {Words}",
        "maximum" => $"should be less than or equal to {Words}",
        "minLength" => $"should be at least {Words} chars long",
        "maxLength" => $"may not be more than {Words} bytes",
        "maxItems" or "maxProperties" => $"must have at most {Words} items",
        "pattern" => "should match '",
        "format" => $"must be of type {Words}",
        "map" => "Duplicate value",
        _ => Words,
    };

    /// <summary>The same rule in a template of the kind.</summary>
    public RuleCase InTemplate() => this with
    {
        Path = Path.Length == 0 ? "spec.template" : $"spec.template.{Path}",
        At = At is null ? null : $"spec.template.{At}",
        Given = [.. Given.Select(given => ($"spec.template.{given.At}", given.Json))],
    };

    public JsonObject Accepted(JsonObject complete) => Good is null ? Before(complete) : With(complete, Good);

    public JsonObject Refused(JsonObject complete) => With(complete, Bad);

    public JsonObject Before(JsonObject complete)
    {
        var manifest = complete.DeepClone().AsObject();
        foreach (var (at, json) in Given) Put(manifest, at, json);
        return manifest;
    }

    private JsonObject With(JsonObject complete, string json)
    {
        var manifest = Before(complete);
        Put(manifest, At ?? Path, json);
        return manifest;
    }

    private static void Put(JsonNode manifest, string path, string json)
    {
        var steps = path.Replace("[]", ".0", StringComparison.Ordinal).Replace("{}", ".key", StringComparison.Ordinal).Split('.');
        var target = manifest;
        foreach (var step in steps[..^1]) target = target is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : target[step] ?? throw new InvalidOperationException($"The complete manifest has no {path}.");
        var value = json.Length == 0 ? null : JsonNode.Parse(json);
        if (target is JsonArray items) items[int.Parse(steps[^1], CultureInfo.InvariantCulture)] = value;
        else if (value is null) target.AsObject().Remove(steps[^1]);
        else target[steps[^1]] = value;
    }
}
