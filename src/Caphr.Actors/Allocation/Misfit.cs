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
        return machine.Hardware?.Judge(offer) ?? Misfit.None;
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
}
