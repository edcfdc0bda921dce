using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

/// <summary>What a server must have. Fields that are left out do not matter.</summary>
[Atomic]
public sealed record HardwareRequirement
{
    [MaxLength(64), RegularExpression(Patterns.Beginning)]
    [Description("Product name in Robot, such as AX41-NVMe; or its beginning with a star behind it, such as AX*.")]
    public string? Product { get; init; }

    [MaxLength(64), RegularExpression(Patterns.Beginning)]
    [Description("Data centre, such as FSN1-DC14; or its beginning with a star behind it, such as FSN1*.")]
    public string? Datacenter { get; init; }

    [AllowedValues("amd64", "arm64")]
    [Description("Processor architecture, of the server and of the image that the factory makes for it. Without it, amd64 images are installed.")]
    public string? Architecture { get; init; }

    [Description("Number of logical processors, as in status.hardware.cpus.")]
    public WantedRange? Cpus { get; init; }

    [Description("Memory in GiB. A sixteenth less than min is forgiven, because the kernel keeps some for itself: 64 is what a server with 64 GiB has.")]
    public WantedRange? MemoryGiB { get; init; }

    [Description("Speed of the fastest network card that has a link, in Mbit/s.")]
    public WantedRange? NicSpeedMbit { get; init; }

    [MaxLength(8)]
    [Description("Disks that must be there; each entry counts by itself.")]
    public IReadOnlyList<DiskRequirement>? Disks { get; init; }
}

public sealed record DiskRequirement
{
    [Description("flash is whatever does not spin, nvme is flash on the PCI bus. Any kind, if left out.")]
    public DiskKind? Kind { get; init; }

    [Description("Size of each disk in GB, as makers count: a disk sold as 512 GB has 512.")]
    public WantedRange? SizeGB { get; init; }

    [Description("How many disks of that kind and size. At least one, if left out; a max of 0 asks for none.")]
    public WantedRange? Count { get; init; }
}

public enum DiskKind
{
    [JsonStringEnumMemberName("flash")]
    Flash,

    [JsonStringEnumMemberName("nvme")]
    Nvme,

    [JsonStringEnumMemberName("rotational")]
    Rotational,
}

/// <summary>Both ends belong to it, and either may be left out.</summary>
[CelRule("!has(self.min) || !has(self.max) || self.min <= self.max", "min cannot be above max")]
public sealed record WantedRange
{
    [Range(0, int.MaxValue)]
    [Description("The least.")]
    public int? Min { get; init; }

    [Range(0, int.MaxValue)]
    [Description("The most.")]
    public int? Max { get; init; }
}

public enum FailureDomainPolicy
{
    /// <summary>In the failure domain that the Machine names, or nowhere.</summary>
    Strict,

    /// <summary>There if a server is free there, and elsewhere if not.</summary>
    Preferred,
}
