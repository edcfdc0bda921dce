using System.Collections.Immutable;

namespace Caphr.Lab.World;

/// <summary>A disk as the rescue system would describe it, and what is on it.</summary>
public sealed class LabDisk(string model, string serial, string wwn, long sizeBytes, bool rotational = false)
{
    public string Model { get; } = model;

    public string Serial { get; } = serial;

    /// <summary>As lsblk prints it: <c>eui.…</c> for NVMe, <c>0x…</c> for SATA.</summary>
    public string Wwn { get; } = wwn;

    public long SizeBytes { get; } = sizeBytes;

    public bool Rotational { get; } = rotational;

    /// <summary>Kernel name under the running system; a boot may change it.</summary>
    public string Name { get; internal set; } = "";

    public string ById => $"nvme-{Model.Replace(' ', '_')}_{Serial}";

    /// <summary>What <c>blkid</c> and <c>wipefs</c> would find: <c>ceph_bluestore</c>, <c>LVM2_member</c>, <c>linux_raid_member</c>, <c>gpt</c> …</summary>
    public IReadOnlyList<string> Signatures { get; internal set; } = [];

    public DiskContent Content { get; internal set; } = new DiskContent.Empty();
}

/// <summary>What would boot from a disk.</summary>
public abstract record DiskContent
{
    private DiskContent() { }

    public sealed record Empty : DiskContent;

    /// <summary>A write that has not ended: it does not boot, and its beginning is not what was there before.</summary>
    public sealed record HalfWritten : DiskContent;

    public sealed record OldLinux(string HostName) : DiskContent;

    /// <summary>A Talos image; with a configuration once one was applied (the STATE partition).</summary>
    public sealed record Talos(string Version, string? MachineConfiguration) : DiskContent
    {
        /// <summary>The META partition: tags and their values. A newly written image has none.</summary>
        public ImmutableSortedDictionary<byte, string> Meta { get; init; } = ImmutableSortedDictionary<byte, string>.Empty;
    }
}
