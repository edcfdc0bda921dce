namespace Caphr.Protocols.Rescue.Agent;

public enum FirmwareKind
{
    Bios,
    Uefi,
}

public sealed record ServerInventory(
    FirmwareKind Firmware, string? PrimaryMac, string CpuModel, int CpuThreads, long MemoryBytes, IReadOnlyList<InspectedDisk> Disks);

/// <summary>A disk. Its name holds for this boot only.</summary>
/// <param name="Signatures">Of everything that probing recognises on the disk and its partitions: <c>gpt</c>, <c>ext4</c>, <c>ceph_bluestore</c> …</param>
public sealed record InspectedDisk(
    string Name,
    string? Wwn,
    string? Serial,
    string? Model,
    long SizeBytes,
    bool Rotational,
    IReadOnlyList<string> ById,
    IReadOnlyList<string> Signatures,
    IReadOnlyList<string> PartitionLabels);
