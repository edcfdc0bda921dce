namespace Caphr.Protocols.Rescue.Agent;

/// <summary>An order to make a disk blank: signatures, both ends, and discarded where the disk can.</summary>
public sealed record WipeRequest(ServerIdentity Identity, DiskIdentity Disk, DiskOwner ExpectedOwner);

/// <param name="Removed">The signatures that were there before. None is there now: the agent looked again.</param>
public sealed record WipeReport(string Disk, IReadOnlyList<string> Removed);

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
