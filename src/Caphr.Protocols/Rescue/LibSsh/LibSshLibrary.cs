using System.Runtime.InteropServices;

namespace Caphr.Protocols.Rescue.LibSsh;

/// <summary>
/// Whether libssh can be loaded and is recent enough. Asked before the first call, so that its absence is one sentence and not a stack trace.
/// From 0.10.6 on it insists on the strict key exchange with every peer that offers it, so that nobody in between can take messages away
/// unnoticed (CVE-2023-48795).
/// </summary>
public static class LibSshLibrary
{
    public const string HowToInstall =
        "The library libssh.so.4 was not found, or is older than 0.10.6: install the package libssh-4 (Debian, Ubuntu) or libssh (Fedora, Alpine).";

    // As libssh writes 0.10.6: a byte for each number.
    private const int OldestVersion = (10 << 8) | 6;

    private static readonly Lazy<bool> s_present = new(static () => NativeLibrary.TryLoad(NativeMethods.Library, out _) && NativeMethods.GetVersion(OldestVersion) != 0);

    public static bool IsPresent => s_present.Value;
}
