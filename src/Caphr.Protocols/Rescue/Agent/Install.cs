using System.Text;

namespace Caphr.Protocols.Rescue.Agent;

/// <summary>An order to write an image. The same <see cref="Attempt"/> is carried out once, however often it is asked for.</summary>
/// <param name="Attempt">Letters, digits, dots, dashes and underscores.</param>
/// <param name="Sha256">Of the file behind the URL as it is downloaded, in hexadecimal.</param>
/// <param name="MinimumBytes">Of the disk, where the size of the unpacked image is known beforehand.</param>
public sealed record InstallRequest(
    string Attempt, ServerIdentity Identity, DiskIdentity Disk, DiskOwner ExpectedOwner, string Url, string? Sha256 = null, long? MinimumBytes = null)
{
    // The URL of a private image may carry a token.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(null, $"Attempt = {Attempt}, Identity = {Identity}, Disk = {Disk}, ExpectedOwner = {ExpectedOwner}");
        return true;
    }
}

/// <summary>Of work that runs detached on the server.</summary>
public enum AttemptState
{
    /// <summary>No such attempt was started in this boot.</summary>
    Absent,
    Running,
    Done,
    Failed,
}

public enum InstallError
{
    /// <summary>The download did not start or did not finish.</summary>
    DownloadFailed,

    /// <summary>What was downloaded is damaged, or is packed in a way the agent does not know.</summary>
    UnpackFailed,

    /// <summary>What was downloaded is not the file with the expected checksum. Its boot sector was erased again.</summary>
    ChecksumMismatch,

    /// <summary>The image does not fit on the disk.</summary>
    DiskTooSmall,

    /// <summary>The disk refused a write.</summary>
    WriteFailed,

    /// <summary>The disk was written and yet carries no partition table, or one of partitions that were not written: that was no whole disk image.</summary>
    NotAnImage,

    /// <summary>The writer ended without a word (killed, out of memory).</summary>
    WriterDied,
}

public sealed record InstallProblem(InstallError Code, string Detail);

/// <param name="TotalBytes">Null for a packed image, whose size shows only at its end.</param>
/// <param name="Sha256">Of the file as downloaded, once it is.</param>
public sealed record InstallStatus(AttemptState State, long BytesWritten, long? TotalBytes, InstallProblem? Error, string? Sha256);
