namespace Caphr.Actors.Allocation;

internal enum Health
{
    Well,

    /// <summary>No disk has said anything, or nobody has looked.</summary>
    Unknown,

    /// <summary>A disk expects to fail soon.</summary>
    Failing,
}

/// <summary>
/// How much of a server's life is behind it, by the disk that has the least left: first whether one expects to fail, then how much of the flash is used
/// up, then how long it has run. What is well and known comes before what nobody has looked at, and that before what is known to fail.
/// </summary>
internal static class Wear
{
    /// <summary>To be compared from left to right; the smaller, the better.</summary>
    public static (Health Health, int PercentageUsed, long PowerOnHours) Of(HostHardware hardware)
    {
        if (hardware.Disks is not { Count: > 0 } disks) return (Health.Unknown, 0, 0);
        var health = disks.Any(disk => disk.Passed == false) ? Health.Failing : disks.Any(disk => disk.Passed == true) ? Health.Well : Health.Unknown;
        return (health, disks.Max(disk => disk.PercentageUsed ?? 0), disks.Max(disk => disk.PowerOnHours ?? 0));
    }
}
