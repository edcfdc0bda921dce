namespace Caphr.Protocols.Rescue.Agent;

/// <summary>An order to put the firmware's entries right: the network first, then the disk, and none of partitions that are gone.</summary>
public sealed record FirmwareRequest(ServerIdentity Identity, DiskIdentity Disk);

public enum BootEntryKind
{
    Network,
    Disk,
    Other,
}

/// <param name="Id">Four hexadecimal digits, as the firmware numbers it.</param>
public sealed record BootEntry(string Id, string Name, bool Active, BootEntryKind Kind);

/// <summary>What the firmware does from now on. Empty for one without entries (BIOS), where nothing was done.</summary>
/// <param name="Removed">The numbers of the entries that led to partitions on no disk.</param>
/// <param name="Created">The disk had no entry and has one now.</param>
public sealed record FirmwareReport(FirmwareKind Firmware, IReadOnlyList<BootEntry> Order, IReadOnlyList<string> Removed, bool Created);

/// <summary>An order to leave the rescue system for what is installed on a disk. The firmware is told to ask the network first, disks second.</summary>
/// <param name="AllowKexec">To go directly where the installed system and the tools at hand allow it, without the firmware's self test.</param>
public sealed record BootRequest(ServerIdentity Identity, DiskIdentity Disk, bool AllowKexec);

public enum BootMethod
{
    Kexec,
    Firmware,
}

/// <summary>How the server is about to leave. It does so a moment after this answer.</summary>
public sealed record BootReport(BootMethod Method);
