using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes.Informers;

public enum ChangeKind
{
    Added,
    Modified,

    /// <summary>Gone, or no longer selected. The object is the last we knew of it, which may be older than its end.</summary>
    Deleted,
}

/// <summary>What happened to one object, as far as an informer could see: several changes may have become one.</summary>
public readonly record struct Change<T>(ChangeKind Kind, T Item)
    where T : KubernetesObject
{
    public override string ToString() => $"{Kind} {Item.Key}";
}
