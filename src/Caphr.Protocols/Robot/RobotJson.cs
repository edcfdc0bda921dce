using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>
/// Reads Robot's answers as they come rather than as they are documented: numbers as strings, single values for lists, objects for lists,
/// null or nothing for empty lists, empty strings for null. Whatever does not fit reads as absent.
/// </summary>
internal static class RobotJson
{
    public static JsonElement Inner(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    public static string? Text(this JsonElement json, string name) => json.Inner(name).AsText();

    public static string? AsText(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.Decoded() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    public static int? Integer(this JsonElement json, string name) =>
        int.TryParse(json.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool? Flag(this JsonElement json, string name)
    {
        var value = json.Inner(name);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => bool.TryParse(value.AsText(), out var flag) ? flag : null,
        };
    }

    /// <summary>Some addresses come with their prefix length, some without.</summary>
    public static IPAddress? Address(this JsonElement json, string name) =>
        IPAddress.TryParse(json.Text(name)?.Split('/')[0], out var address) ? address : null;

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name)
    {
        var value = json.Inner(name);
        return value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray(),
            JsonValueKind.Object => value.EnumerateObject().Select(member => member.Value),
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            _ => [value],
        };
    }

    private static string? Decoded(this JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is valid JSON and no text; it is noticed only here.
            return null;
        }
    }
}
