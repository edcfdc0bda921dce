using System.Runtime.InteropServices;
using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Protocols.Rescue;

/// <summary>A private key that logs in. It lives in libssh's memory; nothing that prints this object can print it.</summary>
public sealed class SshUserKey : IDisposable
{
    private readonly byte[] _publicBlob;

    private SshUserKey(SshKeyHandle handle)
    {
        Handle = handle;
        _publicBlob = PublicBlob(handle);
    }

    internal SshKeyHandle Handle { get; }

    public string Algorithm => SshBlob.Algorithm(_publicBlob);

    /// <summary>As it stands in an authorized_keys file, and as Robot takes it.</summary>
    public string PublicKeyLine => $"{Algorithm} {Convert.ToBase64String(_publicBlob)}";

    public string Sha256Fingerprint => SshBlob.Sha256Fingerprint(_publicBlob);

    /// <summary>The name under which Robot knows the key: MD5 in colon-separated hexadecimal pairs.</summary>
    public string Md5Fingerprint => SshBlob.Md5Fingerprint(_publicBlob);

    /// <summary>Reads an unencrypted ed25519, ECDSA or RSA private key in OpenSSH or PEM form.</summary>
    public static Outcome<SshUserKey, RescueFailure> Parse(string privateKeyText)
    {
        if (!LibSshLibrary.IsPresent) return new RescueFailure(RescueError.LibraryMissing, LibSshLibrary.HowToInstall);

        // An empty passphrase makes an encrypted key fail; none at all would make OpenSSL ask the terminal.
        var reply = NativeMethods.ImportPrivateKey(privateKeyText.Trim() + "\n", "", 0, 0, out var handle);
        if (reply == Reply.Ok && !handle.IsInvalid) return new SshUserKey(handle);

        handle.Dispose();
        return new RescueFailure(
            RescueError.UserKeyUnreadable,
            IsEncrypted(privateKeyText)
                ? "The private key is protected by a passphrase, and nobody is here to type it: store it without one (ssh-keygen -p -N '')."
                : "This is not an unencrypted ed25519, ECDSA or RSA private key in OpenSSH or PEM form.");
    }

    /// <summary>A fresh key pair's private half, in OpenSSH form.</summary>
    public static Outcome<string, RescueFailure> GenerateEd25519()
    {
        if (!LibSshLibrary.IsPresent) return new RescueFailure(RescueError.LibraryMissing, LibSshLibrary.HowToInstall);

        using var key = Generate(SshKeyType.Ed25519);
        if (NativeMethods.ExportPrivateKey(key, 0, 0, 0, out var text) != Reply.Ok) throw new InvalidOperationException("libssh could not write a key it had made.");
        return Take(text);
    }

    public void Dispose() => Handle.Dispose();

    public override string ToString() => $"{Algorithm} {Sha256Fingerprint}";

    internal static SshKeyHandle Generate(SshKeyType type)
    {
        var reply = NativeMethods.GenerateKey(type, 0, out var key);
        return reply == Reply.Ok ? key : throw new InvalidOperationException($"libssh could not make a key of type {type}.");
    }

    internal static byte[] PublicBlob(SshKeyHandle key)
    {
        var blob = PublicBlob(key.DangerousGetHandle());
        GC.KeepAlive(key);
        return blob;
    }

    /// <summary>Of a key that belongs to something else.</summary>
    internal static byte[] PublicBlob(nint borrowedKey)
    {
        if (NativeMethods.ExportPublicKey(borrowedKey, out var text) != Reply.Ok) throw new InvalidOperationException("libssh could not write the public half of a key.");
        return Convert.FromBase64String(Take(text));
    }

    /// <summary>PEM says so in words; OpenSSH's form names a cipher where an open key has "none".</summary>
    private static bool IsEncrypted(string text)
    {
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal)) return true;
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines is not ["-----BEGIN OPENSSH PRIVATE KEY-----", var first, ..]) return false;
        // 15 bytes of magic, the length of the cipher's name, and the name.
        var head = new byte[24];
        var start = first[..Math.Min(first.Length, 32)];
        return Convert.TryFromBase64String(start, head, out var count) && count == head.Length
            && head.AsSpan().StartsWith("openssh-key-v1\0"u8) && !head.AsSpan(15).StartsWith("\0\0\0\u0004none"u8);
    }

    private static string Take(nint text)
    {
        try
        {
            return Marshal.PtrToStringUTF8(text)!;
        }
        finally
        {
            NativeMethods.FreeText(text);
        }
    }
}
