namespace Caphr.Protocols.Rescue.LibSsh;

/// <summary>What a libssh call returns.</summary>
internal static class Reply
{
    internal const int Ok = 0;
    internal const int Error = -1;
    internal const int Again = -2;
    internal const int EndOfFile = -127;

    /// <summary>The calls for authentication say "again" with a number of their own.</summary>
    internal const int AuthenticationAgain = 4;
}

internal enum SessionOption
{
    Host = 0,
    Descriptor = 3,
    User = 4,
    KnownHosts = 8,
    GlobalKnownHosts = 35,
    ProcessConfig = 38,
}

[Flags]
internal enum SessionStatus
{
    None = 0,
    Closed = 0x01,
    ReadPending = 0x02,
    ClosedByError = 0x04,
    WritePending = 0x08,
}

internal enum SshKeyType
{
    Rsa = 2,
    Ed25519 = 5,
    EcdsaP256 = 8,
}
