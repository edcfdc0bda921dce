using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

/// <summary>A part of a disk that is not Talos' own.</summary>
[CelRule("has(self.minSize) || has(self.maxSize)", "a data volume needs a size: give minSize, maxSize or both")]
[CelRule("!self.name.lowerAscii().contains('ceph')", "name cannot contain ceph, because Ceph's own tools would pass the partition over: choose another, such as osd-data")]
[CelRule("!has(self.filesystem) || (has(self.type) && self.type == 'User')", "filesystem is for volumes of type User: leave it out, or write type: User")]
public sealed record MachineDataVolume
{
    [Required, RegularExpression("^[A-Za-z0-9-]+$"), MaxLength(34)]
    [Description("Name of the volume, which becomes part of the partition's label.")]
    public string Name { get; init; } = "";

    [DefaultValue(MachineDataVolumeType.Raw)]
    [Description("Raw: an empty partition, from Talos 1.11 on. User: formatted, and mounted below /var/mnt, from Talos 1.10 on.")]
    public MachineDataVolumeType? Type { get; init; }

    [MaxLength(1024)]
    [Description("Talos' expression that says on which disk, such as '!system_disk && disk.transport == \"nvme\"'. The system disk if empty; limit ephemeralSize then.")]
    public string? DiskMatch { get; init; }

    [RegularExpression(Patterns.DiskSize), MaxLength(32)]
    [Description("Least size, such as 100GiB.")]
    public string? MinSize { get; init; }

    [RegularExpression(Patterns.DiskSize), MaxLength(32)]
    [Description("Greatest size, such as 1TiB.")]
    public string? MaxSize { get; init; }

    [AllowedValues("xfs", "ext4", "btrfs")]
    [Description("Filesystem of a volume of type User. Talos' own choice if empty.")]
    public string? Filesystem { get; init; }
}

public enum MachineDataVolumeType
{
    Raw,
    User,
}
