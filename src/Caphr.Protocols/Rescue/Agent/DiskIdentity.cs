namespace Caphr.Protocols.Rescue.Agent;

/// <summary>
/// A disk by what stays with it across boots. Every part that is given must match, and exactly one disk must match them.
/// </summary>
/// <param name="ById">A name under <c>/dev/disk/by-id</c>, without the directory.</param>
public sealed record DiskIdentity(string? Wwn = null, string? Serial = null, string? ById = null);

/// <summary>Whose data a disk may carry for the agent to overwrite it. Anything else is <see cref="RescueError.ForeignData"/>.</summary>
public enum DiskOwner
{
    /// <summary>Nobody's: no partition and no signature.</summary>
    Nobody,

    /// <summary>Nobody's, or an installation of Talos and nothing beside it.</summary>
    Talos,

    /// <summary>Anybody's. Only for a server whose policy, or whose owner's release, says that everything on it may go.</summary>
    Anyone,
}
