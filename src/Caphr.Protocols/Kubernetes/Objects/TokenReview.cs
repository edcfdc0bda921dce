namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>authentication.k8s.io/v1 TokenReview: whose token is this? It is answered at once and never kept, and it prints as its kind only.</summary>
public sealed record TokenReview : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("authentication.k8s.io", "v1", "TokenReview", "tokenreviews") { Namespaced = false, Sensitive = true };

    public TokenReviewSpec Spec { get; init; } = new();

    public TokenReviewStatus Status { get; init; } = new();

    public override string ToString() => nameof(TokenReview);
}

public sealed record TokenReviewSpec
{
    public string? Token { get; init; }

    /// <summary>For whom the token must have been made.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    public override string ToString() => nameof(TokenReviewSpec);
}

public sealed record TokenReviewStatus
{
    public bool Authenticated { get; init; }

    /// <summary>Those of the audiences asked for that the token was made for; empty from a server that knows no audiences.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    public ReviewedUser User { get; init; } = new();
}

/// <summary>Somebody, as Kubernetes knows them.</summary>
public sealed record ReviewedUser
{
    public string Username { get; init; } = "";

    public string? Uid { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
