namespace Caphr.Actors.Allocation;

/// <summary>What is known of a server's hardware. Robot tells the product; the rest is null until the server was inspected.</summary>
public sealed record HostHardware
{
    public static readonly HostHardware Unknown = new();

    public string? Product { get; init; }

    /// <summary><c>amd64</c> or <c>arm64</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>Logical processors, as Kubernetes counts them.</summary>
    public int? Cpus { get; init; }

    public long? MemoryMiB { get; init; }

    /// <summary>Of the fastest card that has a link.</summary>
    public int? NicSpeedMbit { get; init; }

    public IReadOnlyList<HostDisk>? Disks { get; init; }
}

public enum DiskKind
{
    /// <summary>Flash on the PCI bus.</summary>
    Nvme,

    /// <summary>Flash behind any other bus.</summary>
    OtherFlash,

    Rotational,
}

/// <param name="Passed">Its own word on whether it goes on to work (SMART); null where it says nothing.</param>
/// <param name="PercentageUsed">Of the writes that its maker promises, for flash; may go beyond 100.</param>
public sealed record HostDisk(DiskKind Kind, long SizeBytes, bool? Passed = null, int? PercentageUsed = null, long? PowerOnHours = null)
{
    /// <summary>Serial number, WWN and path below <c>/dev/disk/by-id</c>, as far as it has them: what stays with it across boots.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}
