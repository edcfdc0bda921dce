namespace Caphr.Actors.Servers.Phases;

/// <summary>Whether the machine behind a number is still the one that was seen there before: a board or a disk may have been exchanged.</summary>
internal static class Identity
{
    /// <summary>Null: it is, as far as can be told.</summary>
    public static (string Reason, string Message)? Changed(HardwareFacts? known, HardwareFacts seen) => known is null ? null
        : Differ(known.Boot.SystemUuid, seen.Boot.SystemUuid) ? Exchanged("mainboard", "UUID", known.Boot.SystemUuid, seen.Boot.SystemUuid)
        : Differ(known.Boot.PrimaryMac, seen.Boot.PrimaryMac) ? Exchanged("network card", "MAC address", known.Boot.PrimaryMac, seen.Boot.PrimaryMac)
        : null;

    /// <summary>What makes a free server unfit to be offered, or null.</summary>
    public static (string Reason, string Message)? Unfit(HardwareFacts? known, HardwareFacts seen)
    {
        if (seen.Disks.FirstOrDefault(disk => disk.Healthy == false) is { } failing)
            return ("DiskFailing", $"Disk {failing.Name}, serial {failing.Serial}, expects to fail soon (SMART). Have it exchanged.");
        return known?.Disks.FirstOrDefault(disk => seen.Disks.All(present => present.Serial != disk.Serial)) is { } gone
            ? ("DiskMissing", $"The disk with serial {gone.Serial}, which was seen here before, is not there any more.")
            : null;
    }

    private static bool Differ(string known, string seen) => known.Length > 0 && seen.Length > 0 && !string.Equals(known, seen, StringComparison.OrdinalIgnoreCase);

    private static (string Reason, string Message) Exchanged(string part, string name, string known, string seen) =>
        ("IdentityChanged", $"The {part} is another one than before: its {name} was {known} and is {seen}. Nothing is done to a machine that is not proven to be the right one.");
}
