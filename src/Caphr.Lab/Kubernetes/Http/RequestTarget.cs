namespace Caphr.Lab.Kubernetes.Http;

/// <summary>What a path under <c>/api</c> or <c>/apis</c> names.</summary>
internal sealed record RequestTarget(string Group, string Version, string? Namespace, string Plural, string? Name, string? Subresource)
{
    /// <param name="segments">The path without its leading slash, split.</param>
    public static RequestTarget? Parse(ReadOnlySpan<string> segments)
    {
        if (segments is not (["api", _, _, ..] or ["apis", _, _, _, ..])) return null;
        var core = segments[0] == "api";
        var (group, version) = core ? ("", segments[1]) : (segments[1], segments[2]);
        var rest = segments[(core ? 2 : 3)..];
        // /namespaces/x/secrets is about secrets; /namespaces/x and /namespaces/x/status are about the namespace.
        if (core && rest is ["namespaces", _, "status" or "finalize"]) return Within(group, version, null, rest);
        return rest is ["namespaces", var name, _, ..] ? Within(group, version, name, rest[2..]) : Within(group, version, null, rest);
    }

    private static RequestTarget? Within(string group, string version, string? inNamespace, ReadOnlySpan<string> rest) => rest.Length switch
    {
        1 => new RequestTarget(group, version, inNamespace, rest[0], null, null),
        2 => new RequestTarget(group, version, inNamespace, rest[0], rest[1], null),
        3 => new RequestTarget(group, version, inNamespace, rest[0], rest[1], rest[2]),
        _ => null,
    };
}
