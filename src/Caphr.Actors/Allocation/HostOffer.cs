using Caphr.Actors.Servers;

namespace Caphr.Actors.Allocation;

/// <summary>A server as the pool offers it.</summary>
/// <param name="Host">Its HetznerRobotHost.</param>
/// <param name="TakenBy">Who holds it: the claim in its spec, or one that the server itself still works for.</param>
public sealed record HostOffer(ServerNumber Number, ObjectName Host, IReadOnlyDictionary<string, string> Labels, ServerPhase Phase, string? TakenBy, bool Maintenance, bool Deleting)
{
    /// <summary>It has an address in the private network.</summary>
    public bool HasInternalIP { get; init; }

    /// <summary>Claims for which it may be wiped; null where that needs no permit.</summary>
    public IReadOnlySet<ClaimId>? ReleasedFor { get; init; }

    /// <summary>The data centre it stands in. Null until Robot has told.</summary>
    public string? FailureDomain { get; init; }

    /// <summary>The disk to install on, where the Machine names none.</summary>
    public string? InstallDisk { get; init; }

    public HostHardware Hardware { get; init; } = HostHardware.Unknown;
}
