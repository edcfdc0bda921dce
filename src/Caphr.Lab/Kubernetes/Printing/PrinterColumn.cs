using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Printing;

/// <summary>One column of a server-side table: its heading, and how a cell comes out of an object at a time.</summary>
internal sealed record PrinterColumn(string Name, string Type, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    public string Format { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>Above zero: only with <c>-o wide</c>.</summary>
    public int Priority { get; init; }

    public static PrinterColumn FromPath(JsonObject declared, JsonPath path)
    {
        var type = declared.TextAt("type") ?? "string";
        return new PrinterColumn(declared.TextAt("name") ?? "", type, (document, now) => Render(path.Find(document), type, now))
        {
            Format = declared.TextAt("format") ?? "",
            Description = declared.TextAt("description") ?? "",
            Priority = (int)(declared.NumberAt("priority") ?? 0),
        };
    }

    private static JsonNode? Render(IReadOnlyList<JsonNode> found, string type, DateTimeOffset now)
    {
        if (found.Count == 0) return null;
        var first = found[0];
        return type switch
        {
            "string" => string.Join(" ", found.Select(value => value.AsText() ?? value.ToText())),
            "date" => first.AsText() is { } time ? HumanAge.Since(time, now) : null,
            "integer" or "number" when first.GetValueKind() is JsonValueKind.Number => first.DeepClone(),
            "boolean" when first.GetValueKind() is JsonValueKind.True or JsonValueKind.False => first.DeepClone(),
            _ => null,
        };
    }
}
