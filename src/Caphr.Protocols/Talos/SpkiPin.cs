using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Talos;

/// <summary>
/// The fingerprint of a public key, written as Talos prints it on the console: base64 of the SHA-256 of the SubjectPublicKeyInfo. A node
/// in maintenance makes a new key at every boot, so a pin also says which boot was meant.
/// </summary>
public readonly record struct SpkiPin(string Value)
{
    public static SpkiPin Of(X509Certificate2 certificate) =>
        new(Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));

    public override string ToString() => Value;
}
