namespace Caphr.Protocols.Rescue;

/// <summary>How a conversation with a rescue system can end badly: which stage, and whose doing.</summary>
public enum RescueError
{
    /// <summary>Before anything: libssh is not installed where we run, or is too old to be trusted.</summary>
    LibraryMissing,

    /// <summary>Before anything: the user key is no private key we can read.</summary>
    UserKeyUnreadable,

    /// <summary>Connecting: the network knows no way to the address.</summary>
    Unreachable,

    /// <summary>Connecting: the machine is up and nothing listens. Typical while a system boots.</summary>
    Refused,

    /// <summary>Connecting: no answer, or none in time before a login was possible. Powered off, booting, or behind a firewall.</summary>
    TimedOut,

    /// <summary>Connecting: the peer hung up before a login was possible.</summary>
    Dropped,

    /// <summary>Connecting: something listens that does not speak SSH.</summary>
    NotSsh,

    /// <summary>Key exchange: both speak SSH and could not agree.</summary>
    HandshakeFailed,

    /// <summary>Trust: the host key is not the pinned one. Another boot, another system, or another machine.</summary>
    HostKeyChanged,

    /// <summary>Trust: our user key was refused. Another system than our rescue answers.</summary>
    AuthenticationRefused,

    /// <summary>Command: the connection ended before its answer. It may or may not have been carried out.</summary>
    ConnectionLost,

    /// <summary>Command: no answer in time. It may or may not have been carried out.</summary>
    CommandTimedOut,

    /// <summary>Command: it ended with a status we did not agree on, or by a signal.</summary>
    CommandFailed,

    /// <summary>Command: the answer is not the one object that was agreed, or too long. It may have been carried out.</summary>
    GarbledAnswer,

    /// <summary>Agent: it did not understand our request. A bug of ours.</summary>
    BadRequest,

    /// <summary>Agent: this is not the rescue system.</summary>
    NotRescue,

    /// <summary>Agent: this is not the server we think it is.</summary>
    WrongIdentity,

    /// <summary>Agent: no disk has the identity asked for.</summary>
    DiskNotFound,

    /// <summary>Agent: more than one disk has the identity asked for.</summary>
    DiskAmbiguous,

    /// <summary>Agent: the disk is smaller than what shall go on it.</summary>
    DiskTooSmall,

    /// <summary>Agent: the disk carries data of somebody the request did not name as its owner.</summary>
    ForeignData,

    /// <summary>Agent: a disk is being written. It will have an end.</summary>
    Busy,

    /// <summary>Agent: the disk is held by a mounted file system or an assembled device that does not let go.</summary>
    DiskInUse,

    /// <summary>Agent: after the wipe something could still be read.</summary>
    WipeIncomplete,

    /// <summary>Agent: the disk has no partition of that name, or several.</summary>
    PartitionNotFound,

    /// <summary>Agent: what was to be left on the disk cannot be written there, or reads back as something else.</summary>
    SeedFailed,

    /// <summary>Agent: the firmware does not take the boot entries it was given.</summary>
    FirmwareRefused,
}
