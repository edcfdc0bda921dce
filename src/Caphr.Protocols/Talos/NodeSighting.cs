namespace Caphr.Protocols.Talos;

/// <summary>One thing a watch of a node saw.</summary>
public abstract record NodeSighting
{
    private NodeSighting() { }

    /// <summary>Who answers there now, nobody included. A node that can be watched is watched from here on.</summary>
    public sealed record Answered(TalosPresence Presence) : NodeSighting;

    /// <summary>What the node says of itself: first its present status, then every change.</summary>
    public sealed record Told(TalosPresence Presence, MachineStatus Status) : NodeSighting;

    /// <summary>The look or the stream broke off. The watch goes on by itself, after a pause.</summary>
    public sealed record Lost(TalosFailure Failure) : NodeSighting;
}
