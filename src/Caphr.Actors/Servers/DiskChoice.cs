using System.Globalization;

namespace Caphr.Actors.Servers;

/// <summary>Which disk gets the system. Refuses rather than guesses.</summary>
public abstract record DiskChoice
{
    private DiskChoice() { }

    public sealed record Chosen(DiskFacts Disk) : DiskChoice;

    public sealed record None(string Reason, string Message) : DiskChoice;

    public static DiskChoice Choose(IReadOnlyList<DiskFacts> disks, DiskPolicy policy, WipeGuard guard)
    {
        if (disks.Count == 0) return new None("NoDisks", "The rescue system sees no disk at all. Check the hardware.");

        var candidates = policy.Hint is { } hint ? disks.Where(disk => Matches(disk, hint, alone: disks.Count == 1)).ToList() : [.. disks];
        if (candidates.Count == 0)
            return new None("DiskNotFound", $"No disk matches installDisk {policy.Hint}. Present: {List(disks)}. Name one by serial, WWN or /dev/disk/by-id path.");

        var ours = policy.MayDestroyForeignData ? candidates : [.. candidates.Where(disk => disk.Foreign is null)];
        if (ours.Count == 0)
            return new None("ForeignData", $"Every disk that could be installed on holds data that is not CAPHR's: {List(candidates)}. Clear it yourself, or allow it with destructiveProvisioningPolicy: AlwaysCleanSlate.");

        // What costs nobody anything first, whatever may be destroyed. Then flash before rotating disks, small before large, and a serial number
        // to make the order total: the same disk at every boot.
        var chosen = ours.OrderBy(disk => disk.Foreign is not null).ThenBy(disk => disk.Rotational).ThenBy(disk => disk.SizeBytes).ThenBy(disk => disk.Serial, StringComparer.Ordinal).First();

        // A permit is for a server whose data must not depend on a mistake, and it does not say which of its disks is meant.
        return guard.NeedsPermit && policy.Hint is null && chosen.Foreign is not null && ours.Count > 1
            ? new None("DiskNotNamed", $"Every disk holds data that is not CAPHR's, and the HetznerRobotHostRelease does not say which may go: {List(ours)}. Name the disk to install on with installDisk.")
            : new Chosen(chosen);
    }

    /// <summary>Names change between boots, so one from an old manifest is honoured only where it cannot mislead: with a single disk.</summary>
    private static bool Matches(DiskFacts disk, string hint, bool alone) =>
        string.Equals(disk.Serial, hint, StringComparison.OrdinalIgnoreCase)
        || string.Equals(disk.Wwn, hint, StringComparison.OrdinalIgnoreCase)
        || disk.OtherIds.Prepend(disk.ById).Contains(hint.Replace("/dev/disk/by-id/", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase)
        || (alone && string.Equals($"/dev/{disk.Name}", hint, StringComparison.Ordinal));

    private static string List(IEnumerable<DiskFacts> disks) => string.Join(", ", disks.Select(disk => string.Create(
        CultureInfo.InvariantCulture, $"{disk.Name} (serial {disk.Serial}, {disk.SizeBytes / 1_000_000_000} GB{(disk.Foreign is null ? "" : ", " + disk.Foreign)})")));
}
