using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Talos.Certificates;

/// <summary>Lets .NET's <see cref="CertificateRequest"/> sign certificates with a key .NET does not know.</summary>
public sealed class Ed25519SignatureGenerator(Ed25519Key key) : X509SignatureGenerator
{
    // SEQUENCE { OBJECT IDENTIFIER 1.3.101.112 }, without parameters (RFC 8410).
    private static readonly byte[] s_algorithm = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];

    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => [.. s_algorithm];

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.Sign(data);

    protected override PublicKey BuildPublicKey() => key.PublicKey;
}
