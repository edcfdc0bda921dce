using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>HetznerRobotHostReleases: which servers need one, which one a claim has, and what each of them shows.</summary>
internal static class HostReleases
{
    public static bool AreNeededFor(HetznerRobotHost host) =>
        host.Spec.LifecycleClass == LifecycleClass.Storage || host.Spec.DestructiveProvisioningPolicy == DestructiveProvisioningPolicy.RequiresExternalRelease;

    /// <summary>The facts that justify a wipe for this claim, or say that there are none. One that has expired is named too, so that a person learns of it.</summary>
    public static WipeGuard GuardOf(HetznerRobotHost host, ClaimId claim, WorldView world) => AreNeededFor(host)
        ? new WipeGuard(NeedsPermit: true, For(host, world).Where(release => release.Spec.MachineRef.Uid == claim.MachineUid).MaxBy(release => release.Spec.ExpiresAt) is { } release ? PermitOf(release) : null)
        : WipeGuard.None;

    /// <summary>Null where no release is needed. A machine that is this server's node already only takes it up again, and nothing is wiped for that.</summary>
    public static IReadOnlySet<ClaimId>? ClaimsOf(HetznerRobotHost host, WorldView world) => AreNeededFor(host)
        ? For(host, world).Where(release => release.Spec.ExpiresAt > world.Now).Select(release => release.Spec.MachineRef.Uid)
            .Concat(world.NodesOn(host).Select(machine => world.OwnerOf(machine)?.Metadata.Uid).OfType<string>())
            .Select(uid => new ClaimId(uid))
            .ToHashSet()
        : null;

    public static HetznerRobotHostReleaseStatus StatusOf(HetznerRobotHostRelease release, WorldView world)
    {
        var host = world.HostOf(release);
        var now = MachineProjection.WholeSeconds(world.Now);
        var (reason, message) = Judge(release, host, world);
        // In the phases that touch the disk; in those after them another release may stand in the plan already.
        var used = host is not null && world.Server(host)?.State is ServerState.Held held and (ServerState.EnteringRescue or ServerState.InRescue or ServerState.Installing or ServerState.Wiping) && held.Plan.Guard.Permit?.Uid == release.Metadata.Uid ? held.Plan.Machine.ToString() : null;
        // Whoever used it first: that stays true when the server has moved on.
        var by = release.Status.UsedBy ?? used;
        return release.Status with
        {
            UsedBy = by,
            UsedAt = by is null ? null : release.Status.UsedAt ?? now,
            Message = message,
            ObservedGeneration = release.Metadata.Generation,
            Conditions = new ConditionSet(release.Status.Conditions, release.Metadata.Generation, now)
                .Set("Valid", reason == "Valid", reason, message)
                .Set("Used", by is not null, by is null ? "NotUsed" : "Used", by is null ? "" : $"For {by}.")
                .All,
        };
    }

    private static (string Reason, string Message) Judge(HetznerRobotHostRelease release, HetznerRobotHost? host, WorldView world)
    {
        var machine = release.Spec.MachineRef;
        if (release.Spec.ExpiresAt <= world.Now) return ("Expired", "It permits nothing any more. Create another if the server is still to be wiped.");
        if (host is null) return ("HostNotFound", $"There is no HetznerRobotHost {release.Spec.HostRef.Name} in this namespace.");
        if (machine.Namespace != release.Metadata.Namespace) return ("OtherNamespace", $"Servers serve Machines of their own namespace, and Machine {machine.Name} is in {machine.Namespace}.");
        if (world.UidOfMachine(machine.Namespace, machine.Name) is not { } uid) return ("MachineNotFound", $"There is no Machine {machine.Name} in this namespace.");
        if (uid != machine.Uid) return ("OtherMachine", $"Machine {machine.Name} has the UID {uid}: the one with {machine.Uid} is gone, and nothing of what it was permitted passes on.");
        if (!AreNeededFor(host)) return ("NotNeeded", $"HetznerRobotHost {host.Metadata.Name} needs no release: neither its lifecycleClass nor its destructiveProvisioningPolicy asks for one.");
        return ("Valid", string.Create(CultureInfo.InvariantCulture, $"HetznerRobotHost {host.Metadata.Name} may be wiped for Machine {machine.Name} until {release.Spec.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."));
    }

    private static IEnumerable<HetznerRobotHostRelease> For(HetznerRobotHost host, WorldView world) =>
        world.ReleasesFor(host).Where(release => release.Spec.MachineRef.Namespace == release.Metadata.Namespace && !release.Metadata.BeingDeleted);

    private static WipePermit PermitOf(HetznerRobotHostRelease release) =>
        new(new ObjectName(release.Metadata.Namespace, release.Metadata.Name), release.Metadata.Uid ?? "", release.Spec.ExpiresAt);
}
