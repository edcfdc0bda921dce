using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>One node of a structural schema.</summary>
internal sealed record SchemaNode
{
    /// <summary>Empty where any type is allowed (int-or-string, preserved unknown fields, or a branch of allOf and its like).</summary>
    public string Type { get; init; } = "";

    public bool Nullable { get; init; }

    public bool IntOrString { get; init; }

    public bool PreserveUnknown { get; init; }

    /// <summary>A whole Kubernetes object in a field: its apiVersion, kind and metadata are never pruned.</summary>
    public bool EmbeddedResource { get; init; }

    public IReadOnlyDictionary<string, SchemaNode> Properties { get; init; } = new Dictionary<string, SchemaNode>();

    public SchemaNode? AdditionalProperties { get; init; }

    public SchemaNode? Items { get; init; }

    public IReadOnlyList<string> Required { get; init; } = [];

    public bool HasDefault { get; init; }

    public JsonNode? Default { get; init; }

    public IReadOnlyList<JsonNode?>? Enum { get; init; }

    public double? Minimum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public double? Maximum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? MultipleOf { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public Regex? Pattern { get; init; }

    public string PatternText { get; init; } = "";

    public string Format { get; init; } = "";

    public int? MinItems { get; init; }

    public int? MaxItems { get; init; }

    public bool UniqueItems { get; init; }

    public int? MinProperties { get; init; }

    public int? MaxProperties { get; init; }

    /// <summary><c>atomic</c>, <c>set</c> or <c>map</c>.</summary>
    public string ListType { get; init; } = "atomic";

    public IReadOnlyList<string> ListMapKeys { get; init; } = [];

    /// <summary>The whole object belongs to one field manager.</summary>
    public bool AtomicMap { get; init; }

    public IReadOnlyList<SchemaNode> AllOf { get; init; } = [];

    public IReadOnlyList<SchemaNode> AnyOf { get; init; } = [];

    public IReadOnlyList<SchemaNode> OneOf { get; init; } = [];

    public SchemaNode? Not { get; init; }

    public IReadOnlyList<ValidationRule> Rules { get; init; } = [];

    public SchemaNode? Property(string name) => Properties.GetValueOrDefault(name) ?? AdditionalProperties;
}
