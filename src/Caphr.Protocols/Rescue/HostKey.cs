using System.Security.Cryptography;

namespace Caphr.Protocols.Rescue;

/// <summary>A public key as the SSH protocol names it. Robot tells MD5 fingerprints, OpenSSH SHA-256 ones; both are of the same bytes.</summary>
public sealed record HostKey(string Algorithm, string Sha256Fingerprint, string Md5Fingerprint)
{
    /// <summary>Of the key blob, which begins with its own algorithm's name.</summary>
    public static HostKey FromBlob(ReadOnlySpan<byte> blob) => new(SshBlob.Algorithm(blob), SshBlob.Sha256Fingerprint(blob), SshBlob.Md5Fingerprint(blob));

    public bool HasFingerprint(string fingerprint) =>
        string.Equals(fingerprint, Sha256Fingerprint, StringComparison.Ordinal)
        || string.Equals(fingerprint, Md5Fingerprint, StringComparison.OrdinalIgnoreCase)
        || string.Equals(fingerprint, $"MD5:{Md5Fingerprint}", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The public half of a key in the form it has on the wire.</summary>
internal static class SshBlob
{
    internal static string Algorithm(ReadOnlySpan<byte> blob)
    {
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(blob);
        return System.Text.Encoding.ASCII.GetString(blob.Slice(4, length));
    }

    internal static string Sha256Fingerprint(ReadOnlySpan<byte> blob) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');

    // Robot names keys by MD5 and nothing else; it is a name there, not a proof.
#pragma warning disable CA5351
    internal static string Md5Fingerprint(ReadOnlySpan<byte> blob) => string.Join(':', MD5.HashData(blob).Select(part => part.ToString("x2", null)));
#pragma warning restore CA5351
}
