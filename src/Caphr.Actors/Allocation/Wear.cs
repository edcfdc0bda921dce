namespace Caphr.Actors.Allocation;

/// <summary>
/// How much of a server's life is behind it, by the disk that has the least left: first whether one expects to fail, then how much of the flash is used
/// up, then how long it has run. What is well and known comes before what nobody has looked at, and that before what is known to fail.
/// </summary>
public readonly record struct Wear(Wear.Class Kind, int PercentageUsed, long PowerOnHours) : IComparable<Wear>
{
    public enum Class
    {
        Well,
        Unknown,
        Failing,
    }

    public static Wear Of(HostHardware hardware)
    {
        if (hardware.Disks is not { Count: > 0 } disks) return new Wear(Class.Unknown, 0, 0);
        var kind = disks.Any(disk => disk.Passed == false) ? Class.Failing : disks.Any(disk => disk.Passed == true) ? Class.Well : Class.Unknown;
        return new Wear(kind, disks.Max(disk => disk.PercentageUsed ?? 0), disks.Max(disk => disk.PowerOnHours ?? 0));
    }

    public int CompareTo(Wear other) => (Kind, PercentageUsed, PowerOnHours).CompareTo((other.Kind, other.PercentageUsed, other.PowerOnHours));
}
