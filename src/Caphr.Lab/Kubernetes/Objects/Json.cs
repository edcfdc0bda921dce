using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>Small steps through JSON documents whose shape is not known beforehand.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToBytes(this JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, s_compact);

    public static string ToText(this JsonNode? node) => node is null ? "null" : node.ToJsonString(s_compact);

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            if (node is not JsonObject parent) return null;
            node = parent[step];
        }

        return node;
    }

    public static string? TextAt(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path).AsText();

    public static long? NumberAt(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    public static bool FlagAt(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path)?.GetValueKind() is JsonValueKind.True;

    public static IEnumerable<JsonNode?> ItemsAt(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonArray items ? items : [];

    public static IEnumerable<KeyValuePair<string, JsonNode?>> MembersAt(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonObject members ? members : [];

    public static string? AsText(this JsonNode? node) => node?.GetValueKind() is JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>The object under <paramref name="name"/>, made if it is missing or something else.</summary>
    public static JsonObject Child(this JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child) return child;
        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    /// <summary>Gives the member this value, of which a copy is only made where it has another one: documents are large, and what a write changes in them is small.</summary>
    public static void Keep(this JsonObject parent, string name, JsonNode? value)
    {
        if (!parent.TryGetPropertyValue(name, out var present) || !Same(present, value)) parent[name] = value?.DeepClone();
    }

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    public static bool Same(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other);

    public static JsonArray ToArray(this IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);
}
