using System.Globalization;

namespace Caphr.Lab.Tests.Crds;

/// <summary>JSON for values of a certain length, and cases that many fields have in common.</summary>
internal static class Values
{
    /// <summary>JSON of a text of that length.</summary>
    public static string Text(int length, string start = "") => $"\"{start}{new string('a', length - start.Length)}\"";

    public static string List(int count, Func<int, string> item) => $"[{string.Join(",", Enumerable.Range(0, count).Select(item))}]";

    public static string Map(int count) => $"{{{string.Join(",", Enumerable.Range(0, count).Select(number => $"\"key{number}\":\"value\""))}}}";

    public static RuleCase Required(string path) => new(path, "required", null, "");

    public static RuleCase[] Required(string parent, params string[] fields) => [.. fields.Select(field => Required($"{parent}.{field}"))];

    public static RuleCase MaxLength(string path, int most, string start = "") =>
        new(path, "maxLength", Text(most, start), Text(most + 1, start), most.ToString(CultureInfo.InvariantCulture));

    public static RuleCase Sentence(string path, string good, string bad, string words) => new(path, "rule", good, bad, words);

    /// <summary>The name of another object.</summary>
    public static RuleCase[] Name(string path) => [MaxLength(path, 253), new(path, "pattern", "\"node6.fsn1\"", "\"Node_6\"")];

    public static RuleCase[] Namespace(string path) => [MaxLength(path, 63), new(path, "pattern", "\"metal-1\"", "\"metal.1\"")];

    public static RuleCase[] Uid(string path) => [MaxLength(path, 128), new(path, "pattern", "\"6f1c-11\"", "\"6f1c 11\"")];

    public static RuleCase[] LabelValue(string path) => [MaxLength(path, 63), new(path, "pattern", "\"Worker_1\"", "\"-worker\"")];

    public static RuleCase[] Secret(string path) => [.. Required(path, "name"), .. Name($"{path}.name"), .. Namespace($"{path}.namespace")];

    public static RuleCase[] Addresses(string path) =>
    [
        .. Required($"{path}[]", "type", "address"),
        new($"{path}[].type", "enum", "\"InternalIP\"", "\"PublicIP\"", "\"Hostname\", \"InternalIP\", \"ExternalIP\", \"InternalDNS\", \"ExternalDNS\""),
        new($"{path}[].address", "minLength", "\"1\"", "\"\"", "1"),
        MaxLength($"{path}[].address", 256),
    ];

    public static RuleCase Time(string path) => new(path, "format", "\"2026-03-01T12:00:00Z\"", "\"noon\"", "date-time");

    public static RuleCase[] Conditions { get; } =
    [
        new("status.conditions", "map", $"[{Condition("Ready")}, {Condition("Paused")}]", $"[{Condition("Ready")}, {Condition("Ready")}]"),
        .. Required("status.conditions[]", "type", "status", "lastTransitionTime", "reason", "message"),
        new("status.conditions[].type", "minLength", "\"R\"", "\"\"", "1"),
        MaxLength("status.conditions[].type", 316),
        new("status.conditions[].type", "pattern", "\"caphr.io/Ready\"", "\"not ready\""),
        new("status.conditions[].status", "enum", "\"Unknown\"", "\"Maybe\"", "\"True\", \"False\", \"Unknown\""),
        new("status.conditions[].observedGeneration", "minimum", "0", "-1", "0"),
        Time("status.conditions[].lastTransitionTime"),
        new("status.conditions[].reason", "minLength", "\"R\"", "\"\"", "1"),
        MaxLength("status.conditions[].reason", 1024),
        new("status.conditions[].reason", "pattern", "\"NoHost_1\"", "\"no host\""),
        MaxLength("status.conditions[].message", 32768),
    ];

    public static string Condition(string type) =>
        $$"""{ "type": "{{type}}", "status": "True", "observedGeneration": 1, "lastTransitionTime": "2026-03-01T12:00:00Z", "reason": "Ready", "message": "" }""";
}
