using System.Security.Cryptography;

namespace Caphr.Protocols.Robot;

/// <summary>The name Robot gives a public key: the MD5 of its decoded blob, as sixteen pairs of hex digits.</summary>
public static class SshKeyFingerprint
{
    /// <returns>Null when the text is not a public key in OpenSSH's one-line form.</returns>
    public static string? OfOpenSsh(string publicKey)
    {
        var words = publicKey.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2) return null;
        var blob = new byte[words[1].Length];
        if (!Convert.TryFromBase64String(words[1], blob, out var length) || length == 0) return null;
#pragma warning disable CA5351 // Robot identifies keys by MD5; nothing here relies on its strength.
        var hash = MD5.HashData(blob.AsSpan(0, length));
#pragma warning restore CA5351
        return string.Join(':', hash.Select(part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
