namespace Caphr.Protocols.Talos;

/// <summary>Who answers on a node's Talos port.</summary>
public abstract record TalosPresence
{
    private TalosPresence() { }

    /// <summary>Nobody. <paramref name="HostAnswers"/>: some kernel refused the connection, so the server runs something (a rescue system?).</summary>
    public sealed record NotListening(bool HostAnswers) : TalosPresence;

    /// <summary>Talos without a configuration, open to anyone. The pin ties what follows to the node that answered.</summary>
    public sealed record Maintenance(SpkiPin Pin, TalosVersion Version) : TalosPresence;

    /// <summary>A node of this cluster: it proved so under the cluster's CA, and took our certificate.</summary>
    public sealed record Secured(TalosVersion Version) : TalosPresence;

    public sealed record Foreign(ForeignPeer Peer) : TalosPresence;
}

public enum ForeignPeer
{
    /// <summary>It asks for client certificates as Talos does, under a CA that is not this cluster's.</summary>
    AnotherCluster,

    /// <summary>Something else listens on the port.</summary>
    NotTalos,
}
