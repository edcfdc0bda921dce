using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes;

/// <summary>What a watch says. It begins with <see cref="Opened"/> or <see cref="Failed"/>, and nothing follows a <see cref="Failed"/>.</summary>
public abstract record WatchEvent<T>
    where T : KubernetesObject
{
    private WatchEvent() { }

    /// <summary>The server accepted the watch; changes may follow at any time.</summary>
    public sealed record Opened : WatchEvent<T>;

    public sealed record Added(T Item) : WatchEvent<T>;

    public sealed record Modified(T Item) : WatchEvent<T>;

    /// <summary>The object in its last state; it may also merely have left the selection.</summary>
    public sealed record Deleted(T Item) : WatchEvent<T>;

    /// <summary>Nothing changed up to this version: a watch may resume from here.</summary>
    public sealed record Bookmark(string ResourceVersion) : WatchEvent<T>;

    public sealed record Failed(KubernetesFailure Failure) : WatchEvent<T>;
}
