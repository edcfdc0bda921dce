using Caphr.Actors.Servers;

namespace Caphr.Actors.Allocation;

/// <summary>Why a server is not given to a Machine. What waiting does not change is said before what it does.</summary>
internal enum Misfit
{
    None,

    /// <summary>Its HetznerRobotHost is going.</summary>
    Deleting,

    /// <summary>In another failure domain than the one that is required.</summary>
    OtherDomain,

    /// <summary>The image was built for other processors.</summary>
    OtherImage,

    OtherProduct,
    OtherDatacenter,
    OtherArchitecture,
    TooFewCpus,
    TooManyCpus,
    TooLittleMemory,
    TooMuchMemory,
    TooSlowNetwork,
    TooFastNetwork,
    OtherDisks,

    /// <summary>The disk to install on was not seen in it.</summary>
    NoSuchDisk,

    /// <summary>Another Machine holds it.</summary>
    Taken,

    /// <summary>By maintenanceMode or a pause.</summary>
    InMaintenance,

    /// <summary>It has no address in the private network.</summary>
    NoInternalIP,

    /// <summary>It may be wiped only by permit, and there is none for this Machine.</summary>
    NotReleased,

    /// <summary>Robot has not told about it yet.</summary>
    NotRegistered,

    /// <summary>Its last user's work, or ours, is not done.</summary>
    Busy,

    /// <summary>What is asked of its hardware is not known.</summary>
    NotInspected,
}

internal static class Fit
{
    public static bool Asks(this WaitingMachine machine, HostOffer offer) =>
        offer.Host.Namespace == machine.Machine.Namespace && (machine.HostRef is { } name ? offer.Host.Name == name : machine.Selector?.Matches(offer.Labels) ?? true);

    /// <summary>Whether the server would ever do, whoever holds it now.</summary>
    public static Misfit Ever(WaitingMachine machine, HostOffer offer)
    {
        if (offer.Deleting) return Misfit.Deleting;
        if (machine.RequiredDomain is { } domain && offer.FailureDomain is { } stands && stands != domain) return Misfit.OtherDomain;
        if (machine.ImageArchitecture is { } built && offer.Hardware.Architecture is { } architecture && built != architecture) return Misfit.OtherImage;
        var judged = machine.Hardware?.Judge(offer) ?? Misfit.None;
        return judged == Misfit.None && LacksDisk(machine.InstallDisk ?? offer.InstallDisk, offer.Hardware.Disks) ? Misfit.NoSuchDisk : judged;
    }

    public static Misfit Now(WaitingMachine machine, HostOffer offer)
    {
        var ever = Ever(machine, offer);
        if (ever is not (Misfit.None or Misfit.NotInspected or Misfit.NotRegistered)) return ever;
        return offer switch
        {
            { TakenBy: not null } => Misfit.Taken,
            { Maintenance: true } => Misfit.InMaintenance,
            { HasInternalIP: false } when machine.NeedsInternalIP => Misfit.NoInternalIP,
            { ReleasedFor: { } released } when !released.Contains(machine.Claim) => Misfit.NotReleased,
            { Phase: ServerPhase.Registered } => Misfit.NotRegistered,
            { Phase: not ServerPhase.Available } => Misfit.Busy,
            { FailureDomain: null } when machine.RequiredDomain is not null => Misfit.NotRegistered,
            _ => ever,
        };
    }

    /// <summary>Found out before the claim, for a server that is claimed and then cannot be installed serves nobody. A kernel's name, such as /dev/sda, says nothing here.</summary>
    private static bool LacksDisk(string? hint, IReadOnlyList<HostDisk>? disks) =>
        hint is not null
        && disks is not null
        && (!hint.StartsWith("/dev/", StringComparison.Ordinal) || hint.StartsWith("/dev/disk/by-id/", StringComparison.Ordinal))
        && !disks.Any(disk => disk.Names.Contains(hint, StringComparer.OrdinalIgnoreCase));
}
