namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>authorization.k8s.io/v1 SubjectAccessReview: may somebody do this? It is answered at once and never kept.</summary>
public sealed record SubjectAccessReview : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews") { Namespaced = false };

    public SubjectAccessReviewSpec Spec { get; init; } = new();

    public SubjectAccessReviewStatus Status { get; init; } = new();
}

public sealed record SubjectAccessReviewSpec
{
    public string? User { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public NonResourceAttributes? NonResourceAttributes { get; init; }
}

/// <summary>A path of HTTP that is no resource, and what is to be done with it, in small letters.</summary>
public sealed record NonResourceAttributes
{
    public string Path { get; init; } = "";

    public string Verb { get; init; } = "";
}

public sealed record SubjectAccessReviewStatus
{
    public bool Allowed { get; init; }

    /// <summary>Somebody has said no, which counts before every yes.</summary>
    public bool Denied { get; init; }
}
