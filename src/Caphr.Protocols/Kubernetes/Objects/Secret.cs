using System.Collections.ObjectModel;
using System.Text;

namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>core/v1 Secret with its data decoded. It prints as its name only.</summary>
public sealed record Secret : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("", "v1", "Secret", "secrets") { Sensitive = true };

    public string? Type { get; init; }

    public IReadOnlyDictionary<string, byte[]> Data { get; init; } = ReadOnlyDictionary<string, byte[]>.Empty;

    /// <summary>The value as text, or null if the key is not there.</summary>
    public string? Text(string key) => Data.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value) : null;

    public override string ToString() => $"Secret {Key}";
}
