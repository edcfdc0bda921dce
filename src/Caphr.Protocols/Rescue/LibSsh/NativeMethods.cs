using System.Runtime.InteropServices;

namespace Caphr.Protocols.Rescue.LibSsh;

/// <summary>
/// The part of libssh (0.10 and later) that both ends use. Every session is non-blocking, so no call here waits for the network.
/// A session may be used from any thread, but from one at a time.
/// </summary>
internal static partial class NativeMethods
{
    internal const string Library = "libssh.so.4";

    /// <summary>Null where the library is older than what is asked for.</summary>
    [LibraryImport(Library, EntryPoint = "ssh_version")]
    internal static partial nint GetVersion(int atLeast);

    [LibraryImport(Library, EntryPoint = "ssh_new")]
    internal static partial SshSessionHandle NewSession();

    [LibraryImport(Library, EntryPoint = "ssh_free")]
    internal static partial void FreeSession(nint session);

    [LibraryImport(Library, EntryPoint = "ssh_options_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetOption(SshSessionHandle session, SessionOption option, string value);

    [LibraryImport(Library, EntryPoint = "ssh_options_set")]
    internal static partial int SetOption(SshSessionHandle session, SessionOption option, in int value);

    [LibraryImport(Library, EntryPoint = "ssh_options_set")]
    internal static partial int SetOption(SshSessionHandle session, SessionOption option, [MarshalAs(UnmanagedType.U1)] in bool value);

    [LibraryImport(Library, EntryPoint = "ssh_set_blocking")]
    internal static partial void SetBlocking(SshSessionHandle session, int blocking);

    /// <summary>The counters stay ours, and must live as long as the session.</summary>
    [LibraryImport(Library, EntryPoint = "ssh_set_counters")]
    internal static unsafe partial void SetCounters(SshSessionHandle session, TrafficCounter* socket, TrafficCounter* raw);

    [LibraryImport(Library, EntryPoint = "ssh_connect")]
    internal static partial int Connect(SshSessionHandle session);

    [LibraryImport(Library, EntryPoint = "ssh_get_status")]
    internal static partial SessionStatus GetStatus(SshSessionHandle session);

    [LibraryImport(Library, EntryPoint = "ssh_get_poll_flags")]
    internal static partial SessionStatus GetPollFlags(SshSessionHandle session);

    /// <summary>The text stays the session's: it must be copied, not freed.</summary>
    [LibraryImport(Library, EntryPoint = "ssh_get_error")]
    internal static partial nint GetError(SshSessionHandle session);

    [LibraryImport(Library, EntryPoint = "ssh_get_server_publickey")]
    internal static partial int GetServerPublicKey(SshSessionHandle session, out SshKeyHandle key);

    [LibraryImport(Library, EntryPoint = "ssh_userauth_publickey", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int AuthenticateByKey(SshSessionHandle session, string? user, SshKeyHandle key);

    [LibraryImport(Library, EntryPoint = "ssh_channel_new")]
    internal static partial nint NewChannel(SshSessionHandle session);

    [LibraryImport(Library, EntryPoint = "ssh_channel_free")]
    internal static partial void FreeChannel(nint channel);

    [LibraryImport(Library, EntryPoint = "ssh_channel_open_session")]
    internal static partial int OpenChannel(SshChannelHandle channel);

    [LibraryImport(Library, EntryPoint = "ssh_channel_request_exec", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RequestExec(SshChannelHandle channel, string command);

    [LibraryImport(Library, EntryPoint = "ssh_channel_write")]
    internal static partial int Write(SshChannelHandle channel, ReadOnlySpan<byte> data, uint length);

    [LibraryImport(Library, EntryPoint = "ssh_channel_read_nonblocking")]
    internal static partial int Read(SshChannelHandle channel, Span<byte> buffer, uint length, int isStandardError);

    [LibraryImport(Library, EntryPoint = "ssh_channel_send_eof")]
    internal static partial int SendEndOfFile(SshChannelHandle channel);

    [LibraryImport(Library, EntryPoint = "ssh_channel_is_eof")]
    internal static partial int IsEndOfFile(SshChannelHandle channel);

    [LibraryImport(Library, EntryPoint = "ssh_channel_is_closed")]
    internal static partial int IsClosed(SshChannelHandle channel);

    [LibraryImport(Library, EntryPoint = "ssh_channel_get_exit_status")]
    internal static partial int GetExitStatus(SshChannelHandle channel);

    [LibraryImport(Library, EntryPoint = "ssh_channel_close")]
    internal static partial int CloseChannel(SshChannelHandle channel);

    [LibraryImport(Library, EntryPoint = "ssh_pki_import_privkey_base64", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ImportPrivateKey(string text, string? passphrase, nint askPassphrase, nint askArgument, out SshKeyHandle key);

    [LibraryImport(Library, EntryPoint = "ssh_pki_export_privkey_base64")]
    internal static partial int ExportPrivateKey(SshKeyHandle key, nint passphrase, nint askPassphrase, nint askArgument, out nint text);

    [LibraryImport(Library, EntryPoint = "ssh_pki_export_pubkey_base64")]
    internal static partial int ExportPublicKey(nint key, out nint text);

    [LibraryImport(Library, EntryPoint = "ssh_pki_generate")]
    internal static partial int GenerateKey(SshKeyType type, int parameter, out SshKeyHandle key);

    [LibraryImport(Library, EntryPoint = "ssh_key_free")]
    internal static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "ssh_string_free_char")]
    internal static partial void FreeText(nint text);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int ControlDescriptor(int descriptor, int command, int argument);
}
