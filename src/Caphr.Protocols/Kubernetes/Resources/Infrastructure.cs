namespace Caphr.Protocols.Kubernetes.Resources;

/// <summary>The API group of our own kinds.</summary>
public static class Infrastructure
{
    public const string Group = "infrastructure.cluster.x-k8s.io";
    public const string Version = "v1alpha1";

    /// <summary>Value of the provider label that clusterctl finds us by.</summary>
    public const string Provider = "infrastructure-hetzner-robot";

    internal static ResourceType Kind(string kind) => new(Group, Version, kind, kind.ToLowerInvariant() + "s");
}
