using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Cel;

/// <summary>The functions of CEL and of Kubernetes' additions that this server knows. Whatever is not here is refused before it is asked.</summary>
internal static class CelLibrary
{
    // A method's target is its first argument.
    private static readonly Dictionary<(string Name, int Arity), Func<IReadOnlyList<JsonNode?>, CelResult>> s_functions = new()
    {
        [("size", 1)] = arguments => Size(arguments[0]),
        [("string", 1)] = arguments => arguments[0] is { } value ? (JsonNode)(value.AsText() ?? value.ToJsonString()) : CelResult.NoOverload("string"),
        [("int", 1)] = arguments => ToInteger(arguments[0]),
        [("bool", 1)] = arguments => ToBoolean(arguments[0]),
        [("startsWith", 2)] = Text("startsWith", (text, other) => text.StartsWith(other, StringComparison.Ordinal)),
        [("endsWith", 2)] = Text("endsWith", (text, other) => text.EndsWith(other, StringComparison.Ordinal)),
        [("contains", 2)] = Text("contains", (text, other) => text.Contains(other, StringComparison.Ordinal)),
        [("matches", 2)] = Text("matches", (text, other) => Regex.IsMatch(text, other, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)),
        [("lowerAscii", 1)] = Text("lowerAscii", text => text.ToLowerInvariant()),
        [("upperAscii", 1)] = Text("upperAscii", text => text.ToUpperInvariant()),
        [("trim", 1)] = Text("trim", text => text.Trim()),
        [("isIP", 1)] = Text("isIP", text => CelNetwork.IsAddress(text)),
        [("isCIDR", 1)] = Text("isCIDR", text => CelNetwork.IsNetwork(text)),
        [("ip", 1)] = Text("ip", CelNetwork.Address),
        [("cidr", 1)] = Text("cidr", CelNetwork.Network),
        [("family", 1)] = Text("family", CelNetwork.Family),
        [("prefixLength", 1)] = Text("prefixLength", CelNetwork.PrefixLength),
        [("duration", 1)] = Text("duration", CelTime.Duration),
        [("timestamp", 1)] = Text("timestamp", CelTime.Timestamp),
    };

    public static bool Has(string function, int arity) => s_functions.ContainsKey((function, arity));

    public static CelResult Invoke(string function, IReadOnlyList<JsonNode?> arguments) =>
        s_functions.TryGetValue((function, arguments.Count), out var known) ? known(arguments) : CelResult.NoOverload(function);

    private static Func<IReadOnlyList<JsonNode?>, CelResult> Text(string name, Func<string, CelResult> of) =>
        arguments => arguments[0].AsText() is { } text ? of(text) : CelResult.NoOverload(name);

    private static Func<IReadOnlyList<JsonNode?>, CelResult> Text(string name, Func<string, JsonNode?> of) =>
        arguments => arguments[0].AsText() is { } text ? of(text) : CelResult.NoOverload(name);

    private static Func<IReadOnlyList<JsonNode?>, CelResult> Text(string name, Func<string, string, bool> of) =>
        arguments => arguments[0].AsText() is { } text && arguments[1].AsText() is { } other ? of(text, other) : CelResult.NoOverload(name);

    private static CelResult Size(JsonNode? value) => value switch
    {
        JsonArray items => (JsonNode)(long)items.Count,
        JsonObject members => (JsonNode)(long)members.Count,
        _ when value.AsText() is { } text => (JsonNode)(long)text.EnumerateRunes().Count(),
        _ => CelResult.NoOverload("size"),
    };

    private static CelResult ToInteger(JsonNode? value) => value switch
    {
        JsonValue whole when whole.TryGetValue<long>(out var number) => (JsonNode)number,
        JsonValue broken when broken.GetValueKind() is JsonValueKind.Number => (JsonNode)(long)broken.GetValue<double>(),
        _ when long.TryParse(value.AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => (JsonNode)number,
        _ => CelResult.NoOverload("int"),
    };

    private static CelResult ToBoolean(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ when value.AsText() is "true" or "True" or "1" or "t" => true,
        _ when value.AsText() is "false" or "False" or "0" or "f" => false,
        _ => CelResult.NoOverload("bool"),
    };
}
