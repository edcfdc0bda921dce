using System.Collections.ObjectModel;

namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>metav1.ObjectMeta, without what only the API server needs.</summary>
public sealed record ObjectMeta
{
    public string Name { get; init; } = "";

    public string? GenerateName { get; init; }

    public string Namespace { get; init; } = "";

    public string? Uid { get; init; }

    /// <summary>Opaque to us, except that a watch never leads back to a smaller one.</summary>
    public string? ResourceVersion { get; init; }

    public long? Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyList<string> Finalizers { get; init; } = [];

    public IReadOnlyList<OwnerReference> OwnerReferences { get; init; } = [];

    public bool BeingDeleted => DeletionTimestamp is not null;

    /// <summary>Core replaces owners and rebuilds UIDs on a move; kind and group are what identifies an owner, in whatever version it is written.</summary>
    public OwnerReference? OwnerOf(ResourceType type) =>
        OwnerReferences.FirstOrDefault(owner => owner.Kind == type.Kind && owner.Group == type.Group);
}
