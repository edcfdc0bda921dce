namespace Caphr.Simulation.Tests.Troubles;

/// <summary>
/// What a seed is mostly about. Where everything is drawn alike, two rare troubles that only matter together hardly ever meet; so each seed has more of
/// what belongs together, and a little of all the rest.
/// </summary>
internal enum Theme
{
    Everything,

    /// <summary>Controllers that die, stand still, or lose each other.</summary>
    Replicas,

    /// <summary>Those who want something, and change their minds.</summary>
    People,

    /// <summary>Servers, their disks and their nodes.</summary>
    Hardware,

    /// <summary>Orders that are refused, or carried out without an answer.</summary>
    Orders,

    /// <summary>What is known of the objects, and when.</summary>
    News,
}
