namespace Caphr.Protocols.Rescue.Agent;

public enum FirmwareKind
{
    Bios,
    Uefi,
}

/// <param name="Architecture"><c>amd64</c> or <c>arm64</c>, as Kubernetes says it.</param>
/// <param name="BoardSerial">Of the mainboard; null where its maker wrote none.</param>
/// <param name="BootEntries">What the firmware may boot, in its order; empty where it has no such entries.</param>
public sealed record ServerInventory(
    FirmwareKind Firmware,
    string? PrimaryMac,
    string Architecture,
    string? BoardName,
    string? BoardSerial,
    string CpuModel,
    int CpuThreads,
    long MemoryBytes,
    IReadOnlyList<InspectedDisk> Disks,
    IReadOnlyList<NetworkCard> NetworkCards,
    IReadOnlyList<BootEntry> BootEntries);

/// <summary>A disk. Its name holds for this boot only.</summary>
/// <param name="Transport"><c>nvme</c>, <c>sata</c>, <c>sas</c> …</param>
/// <param name="Signatures">Of everything that probing recognises on the disk and its partitions: <c>gpt</c>, <c>ext4</c>, <c>ceph_bluestore</c> …</param>
/// <param name="PartitionLabels">As they are written on the disk, also where the kernel does not know the partition.</param>
public sealed record InspectedDisk(
    string Name,
    string? Transport,
    string? Wwn,
    string? Serial,
    string? Model,
    long SizeBytes,
    bool Rotational,
    IReadOnlyList<string> ById,
    IReadOnlyList<string> Signatures,
    IReadOnlyList<string> PartitionLabels,
    DiskHealth? Health);

/// <summary>What a disk says of itself (SMART). What it does not tell is null.</summary>
/// <param name="Passed">It does not expect to fail soon.</param>
/// <param name="PercentageUsed">Of its life, for flash; may go beyond 100.</param>
public sealed record DiskHealth(bool Passed, long? PowerOnHours, int? TemperatureCelsius, int? PercentageUsed);

/// <param name="SpeedMbit">Null without a link.</param>
public sealed record NetworkCard(string Name, string Mac, string Pci, string? Driver, int? SpeedMbit);
