using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>The <c>fieldSelector</c> parameter. Which fields may be selected on is a property of the kind, and asking for another is refused.</summary>
internal sealed class FieldSelector
{
    private static readonly FieldSelector s_everything = new([]);
    private static readonly string[] s_always = ["metadata.name", "metadata.namespace"];

    private readonly IReadOnlyList<(string[] Path, string Value, bool Equal)> _requirements;

    private FieldSelector(IReadOnlyList<(string[] Path, string Value, bool Equal)> requirements) => _requirements = requirements;

    public bool SelectsEverything => _requirements.Count == 0;

    public static Outcome<FieldSelector, Refusal> Parse(string? text, ResourceType type)
    {
        if (string.IsNullOrWhiteSpace(text)) return s_everything;
        var requirements = new List<(string[], string, bool)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 1) return Refusal.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            var equal = part[at - 1] != '!';
            var field = part[..(equal ? at : at - 1)];
            if (!s_always.Contains(field) && !type.SelectableFields.Contains(field))
            {
                return Refusal.BadRequest($"Unable to find \"{type.GroupVersion}, Resource={type.Plural}\" that match label selector \"\", "
                    + $"field selector \"{text}\": field label not supported: {field}");
            }

            requirements.Add((field.Split('.'), part[(at + 1)..].TrimStart('='), equal));
        }

        return new FieldSelector(requirements);
    }

    public bool Matches(JsonObject document) =>
        _requirements.All(requirement => string.Equals(Text(document.At(requirement.Path)), requirement.Value, StringComparison.Ordinal) == requirement.Equal);

    private static string Text(JsonNode? value) => value.AsText() ?? value?.ToJsonString() ?? "";
}
