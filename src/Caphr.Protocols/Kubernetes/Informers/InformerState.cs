namespace Caphr.Protocols.Kubernetes.Informers;

/// <summary>Whether what an informer knows is being kept up to date.</summary>
public abstract record InformerState
{
    private InformerState() { }

    /// <summary>Nothing has been heard yet.</summary>
    public sealed record Starting : InformerState;

    public sealed record Connected : InformerState;

    /// <summary>The cache holds what was true at the last contact.</summary>
    public sealed record Disconnected(KubernetesFailure Reason) : InformerState;

    /// <summary>The same news: connected, or disconnected for the same kind of reason, whatever the wording of this attempt.</summary>
    internal bool SameAs(InformerState other) => (this, other) switch
    {
        (Disconnected mine, Disconnected theirs) => mine.Reason.Error == theirs.Reason.Error,
        _ => GetType() == other.GetType(),
    };
}
