namespace Caphr.Protocols.Kubernetes.Informers;

public sealed record InformerOptions
{
    public Selection Selection { get; init; } = Selection.Everything;

    public ReconnectDelay Reconnect { get; init; } = ReconnectDelay.Default;

    /// <summary>A watch that lived this long was a good one: the next reconnect starts again from the shortest delay.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);
}
