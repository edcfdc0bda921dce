namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>core/v1 Event: what <c>kubectl describe</c> lists under an object.</summary>
public sealed record KubernetesEvent : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = new("", "v1", "Event", "events");

    public ObjectReference InvolvedObject { get; init; } = new();

    /// <summary><c>Normal</c> or <c>Warning</c>; the API knows no other.</summary>
    public string Type { get; init; } = "Normal";

    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";

    public EventSource? Source { get; init; }

    public int? Count { get; init; }

    public DateTimeOffset? FirstTimestamp { get; init; }

    public DateTimeOffset? LastTimestamp { get; init; }
}

public sealed record EventSource
{
    public string? Component { get; init; }

    public string? Host { get; init; }
}
