namespace Caphr.Lab.Kubernetes.Policies;

/// <summary>Which writes a policy looks at.</summary>
internal sealed record ResourceRule
{
    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> Versions { get; init; } = [];

    public IReadOnlyList<string> Operations { get; init; } = [];

    public IReadOnlyList<string> Resources { get; init; } = [];

    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary><c>Namespaced</c>, <c>Cluster</c> or <c>*</c>.</summary>
    public string Scope { get; init; } = "*";

    public bool Matches(AdmissionRequest request) =>
        Has(Groups, request.Type.Group)
        && Has(Versions, request.Type.Version)
        && Has(Operations, request.Operation)
        && (Scope == "*" || Scope == (request.Type.Namespaced ? "Namespaced" : "Cluster"))
        && (Names.Count == 0 || Names.Contains(request.Name))
        && Resources.Any(resource => IsOf(resource, request));

    /// <summary><c>pods</c> is not <c>pods/status</c>: a subresource is looked at only where it is named.</summary>
    private static bool IsOf(string resource, AdmissionRequest request)
    {
        var (plural, subresource) = resource.Split('/') is [var first, var second] ? (first, second) : (resource, "");
        return (plural == "*" || plural == request.Type.Plural) && (subresource == "*" || subresource == request.SubresourceName);
    }

    private static bool Has(IReadOnlyList<string> wanted, string value) => wanted.Contains("*") || wanted.Contains(value);
}
