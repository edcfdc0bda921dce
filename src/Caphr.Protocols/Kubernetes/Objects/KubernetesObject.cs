namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>
/// What every object has. Our models hold only what CAPHR reads; whoever writes back sends a <see cref="Patch"/> of what it owns, so the
/// fields we do not model (and managedFields, most of an object's size) are neither kept nor lost.
/// </summary>
public abstract record KubernetesObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public ObjectKey Key => new(Metadata.Namespace, Metadata.Name);
}
