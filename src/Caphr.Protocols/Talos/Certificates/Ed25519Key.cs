using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Talos.Certificates;

/// <summary>
/// An Ed25519 private key, kept inside of libcrypto: .NET has no such algorithm, and Talos' CAs use nothing else.
/// </summary>
public sealed class Ed25519Key : IDisposable
{
    public const string Oid = "1.3.101.112";

    private const int SeedBytes = 32;

    private readonly LibCrypto.KeyHandle _key;

    private Ed25519Key(ReadOnlySpan<byte> seed) => _key = LibCrypto.NewEd25519(seed);

    public PublicKey PublicKey => new(new Oid(Oid), parameters: null, new AsnEncodedData(LibCrypto.RawPublicKey(_key)));

    /// <summary>Makes the key whose secret is <paramref name="seed"/> (32 bytes).</summary>
    public static Ed25519Key FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == SeedBytes ? new(seed) : throw new ArgumentException("The seed of an Ed25519 key has 32 bytes.", nameof(seed));

    /// <summary>
    /// Reads PKCS#8 in PEM by its body: Talos labels it <c>ED25519 PRIVATE KEY</c>, which no library expects. Null when it is none.
    /// </summary>
    public static Ed25519Key? TryReadPem(ReadOnlySpan<char> pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields)) return null;
        var body = new byte[fields.DecodedDataLength];
        try
        {
            if (!Convert.TryFromBase64Chars(pem[fields.Base64Data], body, out _)) return null;
            var info = new AsnReader(body, AsnEncodingRules.DER).ReadSequence();
            info.ReadInteger();
            if (info.ReadSequence().ReadObjectIdentifier() != Oid) return null;
            var seed = new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
            return seed.Length == SeedBytes ? new Ed25519Key(seed) : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    public byte[] Sign(ReadOnlySpan<byte> data) => LibCrypto.Sign(_key, data);

    public void Dispose() => _key.Dispose();
}
