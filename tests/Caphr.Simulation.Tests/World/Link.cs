namespace Caphr.Simulation.Tests.World;

/// <summary>The ways that lead out of a controller.</summary>
internal enum Link
{
    Kubernetes,
    Robot,
    Rescue,
    Nodes,
    Database,
}

internal enum LinkState
{
    Whole,

    /// <summary>Whoever calls is refused at once, and what stood is broken.</summary>
    Broken,

    /// <summary>Nothing arrives and nobody is told.</summary>
    Silent,
}
