using Caphr.Actors.Servers;

namespace Caphr.Actors.Allocation;

/// <summary>A Machine without a server. <paramref name="HostRef"/> names one host; otherwise the selector chooses among those of the namespace.</summary>
public sealed record WaitingMachine(ClaimId Claim, ObjectName Machine, DateTimeOffset Since, string? HostRef, HostSelector? Selector)
{
    /// <summary>The cluster's nodes meet in a private network, so a server without an address there is of no use.</summary>
    public bool NeedsInternalIP { get; init; }

    public HardwareDemand? Hardware { get; init; }

    /// <summary>The disk to install on, by serial number, WWN or path.</summary>
    public string? InstallDisk { get; init; }

    /// <summary>What the image was built for; null where nobody can know.</summary>
    public string? ImageArchitecture { get; init; }

    /// <summary>Where it shall stand.</summary>
    public string? FailureDomain { get; init; }

    /// <summary>Anywhere else is better than nowhere.</summary>
    public bool TakesOtherDomains { get; init; }

    /// <summary>Machines of one group, such as a control plane, are spread over the failure domains. Null: of no group.</summary>
    public string? Group { get; init; }

    internal string? RequiredDomain => TakesOtherDomains ? null : FailureDomain;

    internal string? PreferredDomain => TakesOtherDomains ? FailureDomain : null;
}

/// <summary>A member of a group that has its server already.</summary>
public readonly record struct Placement(string Group, string FailureDomain);

public abstract record Allotment(WaitingMachine For)
{
    public sealed record Granted(WaitingMachine For, HostOffer Host) : Allotment(For);

    public sealed record Nothing(WaitingMachine For, string Why) : Allotment(For);
}
