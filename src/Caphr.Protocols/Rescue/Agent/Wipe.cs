namespace Caphr.Protocols.Rescue.Agent;

/// <summary>How thoroughly a disk is made blank. Each does what the one before it does, and more; each is verified by reading back.</summary>
public enum WipePolicy
{
    /// <summary>Whatever probing recognises on the disk and its partitions.</summary>
    Signatures,

    /// <summary>And zeros on both ends of the disk and of each partition, and where Ceph repeats its label.</summary>
    HeadAndTail,

    /// <summary>And all of it is discarded, where the disk can.</summary>
    Discard,
}

/// <summary>An order to make a disk blank, carried out before the answer.</summary>
public sealed record WipeRequest(ServerIdentity Identity, DiskIdentity Disk, DiskOwner ExpectedOwner, WipePolicy Policy = WipePolicy.Discard);

/// <param name="Discarded">The disk was told that nothing on it is needed. Not every disk can be told.</param>
/// <param name="Removed">The signatures that were there before. None is there now: the agent looked again.</param>
public sealed record WipeReport(string Disk, bool Discarded, IReadOnlyList<string> Removed);

/// <summary>An order to overwrite every byte of a disk, detached as an installation is. An <see cref="Attempt"/> is carried out once.</summary>
public sealed record FullWipeRequest(string Attempt, ServerIdentity Identity, DiskIdentity Disk, DiskOwner ExpectedOwner)
{
    /// <summary>The same verb of the agent as for the other ways to wipe.</summary>
    public string Policy { get; } = "full";
}

public enum FullWipeError
{
    /// <summary>The disk refused a write.</summary>
    WriteFailed,

    /// <summary>After the last byte something else than zero could still be read.</summary>
    WipeIncomplete,

    /// <summary>The writer ended without a word (killed, out of memory).</summary>
    WriterDied,
}

public sealed record FullWipeProblem(FullWipeError Code, string Detail);

/// <param name="State">Never <see cref="AttemptState.Absent"/>: asking begins it.</param>
public sealed record FullWipeStatus(AttemptState State, long BytesWritten, FullWipeProblem? Error, IReadOnlyList<string> Removed);
