using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Printing;
using Caphr.Lab.Kubernetes.Schema;

namespace Caphr.Lab.Kubernetes.Types;

internal readonly record struct GroupResource(string Group, string Plural)
{
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

/// <summary>One served version of one kind.</summary>
internal sealed record ResourceType
{
    private static readonly string[] s_allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public required string ListKind { get; init; }

    public bool Namespaced { get; init; } = true;

    /// <summary>What may be done with objects of this kind. A kind that is only created is an answer, and is not kept.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = s_allVerbs;

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Status is written through its own subresource, and only there.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Null where <c>/scale</c> is not served.</summary>
    public ScalePaths? Scale { get; init; }

    public IReadOnlySet<string> SelectableFields { get; init; } = new HashSet<string>();

    public required IReadOnlyList<PrinterColumn> Columns { get; init; }

    /// <summary>Null for built-in kinds, which are kept as data.</summary>
    public SchemaNode? Schema { get; init; }

    /// <summary>What stands beside metadata in a built-in kind that is kept strictly; null where anything may.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>The schema as its author wrote it, for <c>kubectl explain</c>.</summary>
    public JsonObject? OpenApi { get; init; }

    public string Description { get; init; } = "";

    public bool IsKept => Verbs.Contains("get");

    public bool IsCustom => Schema is not null;

    public GroupResource GroupResource => new(Group, Plural);

    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string GroupKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    public bool Is(string group, string kind) => Group == group && Kind == kind;
}

/// <summary>Where a custom resource keeps what <c>autoscaling/v1 Scale</c> shows of it. <paramref name="Selector"/> is null where there is none.</summary>
internal sealed record ScalePaths(IReadOnlyList<string> SpecReplicas, IReadOnlyList<string> StatusReplicas, IReadOnlyList<string>? Selector);
