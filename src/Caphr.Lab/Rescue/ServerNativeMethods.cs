using System.Runtime.InteropServices;
using Caphr.Protocols.Rescue.LibSsh;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Caphr.Lab.Rescue;

/// <summary>The server's half of libssh, in its message form: asked for one by one, and so in step with awaiting the socket.</summary>
internal static partial class ServerNativeMethods
{
    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_bind_new")]
    internal static partial SshBindHandle NewBind();

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_bind_free")]
    internal static partial void FreeBind(nint bind);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_bind_options_set")]
    internal static partial int SetBindOption(SshBindHandle bind, BindOption option, nint value);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_bind_options_set")]
    internal static partial int SetBindOption(SshBindHandle bind, BindOption option, [MarshalAs(UnmanagedType.U1)] in bool value);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_bind_accept_fd")]
    internal static partial int Accept(SshBindHandle bind, SshSessionHandle session, int descriptor);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_handle_key_exchange")]
    internal static partial int HandleKeyExchange(SshSessionHandle session);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_get")]
    internal static partial SshMessageHandle GetMessage(SshSessionHandle session);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_free")]
    internal static partial void FreeMessage(nint message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_type")]
    internal static partial MessageKind GetKind(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_subtype")]
    internal static partial int GetSubKind(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_reply_default")]
    internal static partial int Refuse(SshMessageHandle message);

    /// <summary>The text stays the message's.</summary>
    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_auth_user")]
    internal static partial nint GetUser(SshMessageHandle message);

    /// <summary>The key stays the message's.</summary>
    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_auth_pubkey")]
    internal static partial nint GetUserKey(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_auth_publickey_state")]
    internal static partial SignatureState GetSignatureState(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_auth_set_methods")]
    internal static partial int SetMethods(SshMessageHandle message, int methods);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_auth_reply_pk_ok_simple")]
    internal static partial int AskForSignature(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_auth_reply_success")]
    internal static partial int LetIn(SshMessageHandle message, int partial);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_channel_request_open_reply_accept")]
    internal static partial nint AcceptChannel(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_channel_request_channel")]
    internal static partial nint GetChannel(SshMessageHandle message);

    /// <summary>The text stays the message's.</summary>
    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_channel_request_command")]
    internal static partial nint GetCommand(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_message_channel_request_reply_success")]
    internal static partial int AcceptRequest(SshMessageHandle message);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_channel_write_stderr")]
    internal static partial int WriteError(SshChannelHandle channel, ReadOnlySpan<byte> data, uint length);

    [LibraryImport(NativeMethods.Library, EntryPoint = "ssh_channel_request_send_exit_status")]
    internal static partial int SendExitStatus(SshChannelHandle channel, int status);
}

internal enum BindOption
{
    ImportKey = 10,
    ProcessConfig = 19,
}

internal enum MessageKind
{
    Authentication = 1,
    OpenChannel = 2,
    ChannelRequest = 3,
}

internal enum SignatureState
{
    NotYet = 0,
    Valid = 1,
}

/// <summary>The numbers that libssh's messages use below their kind.</summary>
internal static class SubKind
{
    internal const int PublicKey = 4;
    internal const int SessionChannel = 1;
    internal const int Exec = 2;
}

internal sealed class SshBindHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        ServerNativeMethods.FreeBind(handle);
        return true;
    }
}

internal sealed class SshMessageHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        ServerNativeMethods.FreeMessage(handle);
        return true;
    }
}
