using System.Runtime.InteropServices;

namespace Caphr.Protocols.Rescue.LibSsh;

/// <summary>Whether libssh can be loaded. Asked before the first call, so that its absence is one sentence and not a stack trace.</summary>
public static class LibSshLibrary
{
    public const string HowToInstall =
        "The library libssh.so.4 was not found: install the package libssh-4 (Debian, Ubuntu) or libssh (Fedora, Alpine).";

    private static readonly Lazy<bool> s_present = new(static () => NativeLibrary.TryLoad(NativeMethods.Library, out _));

    public static bool IsPresent => s_present.Value;
}
