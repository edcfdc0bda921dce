using System.Globalization;

namespace Caphr.Actors.Servers;

/// <summary>
/// Whether a server may be wiped for a claim at all. Most may, as far as the policy for their disks goes; one whose data must not
/// depend on a mistake may only under a permit, for as long as that holds.
/// </summary>
public sealed record WipeGuard(bool NeedsPermit, WipePermit? Permit)
{
    public static WipeGuard None { get; } = new(NeedsPermit: false, Permit: null);

    /// <summary>Where the policy of the disks does not, a permit allows it.</summary>
    public bool LetsForeignDataGo(bool byPolicy) => byPolicy || Permit is not null;

    /// <summary>Null: it may. Steady while nothing changes, so that it is said once.</summary>
    public (string Reason, string Message)? WhyNot(ClaimId claim, DateTimeOffset now) => this switch
    {
        { NeedsPermit: false } => null,
        { Permit: null } => ("ReleaseNeeded", $"This server is only wiped under a HetznerRobotHostRelease: create one that names its host and the Machine's UID {claim}."),
        { Permit: { } permit } when permit.ExpiresAt <= now => (
            "ReleaseExpired",
            string.Create(CultureInfo.InvariantCulture, $"HetznerRobotHostRelease {permit.Release} expired at {permit.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: create another for the Machine's UID {claim}.")),
        _ => null,
    };
}

/// <summary>A HetznerRobotHostRelease, as the fact that justifies a wipe: which one, and until when it permits it.</summary>
public sealed record WipePermit(ObjectName Release, string Uid, DateTimeOffset ExpiresAt);
