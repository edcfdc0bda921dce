namespace Caphr.Protocols.Kubernetes;

public sealed record KubernetesClientOptions
{
    /// <summary>Who we say we are to server-side apply, in managedFields, and in the server's audit log.</summary>
    public string FieldManager { get; init; } = "caphr";

    /// <summary>How long one call may take from its beginning to the last byte of its answer; a page of a list is a call.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How long the server is asked to keep a watch open; it ends in good order after that, and is resumed.</summary>
    public TimeSpan WatchLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after <see cref="WatchLifetime"/> a watch that the server forgot to end is ended by us.</summary>
    public TimeSpan WatchGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A server sends a bookmark about once a minute where nothing changes. One that says nothing for this long is taken for lost, whatever its connection looks like.</summary>
    public TimeSpan WatchSilence { get; init; } = TimeSpan.FromSeconds(150);
}
