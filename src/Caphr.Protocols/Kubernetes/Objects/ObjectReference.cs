namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>core/v1 ObjectReference: which object an Event is about.</summary>
public sealed record ObjectReference
{
    public string ApiVersion { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public static ObjectReference To<T>(T target)
        where T : KubernetesObject, IKubernetesResource => new()
        {
            ApiVersion = T.Resource.ApiVersion,
            Kind = T.Resource.Kind,
            Namespace = target.Metadata.Namespace,
            Name = target.Metadata.Name,
            Uid = target.Metadata.Uid,
            ResourceVersion = target.Metadata.ResourceVersion,
        };
}
