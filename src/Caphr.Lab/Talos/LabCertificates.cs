using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Talos;

/// <summary>
/// Certificates as Talos makes them. Server keys are ECDSA, where Talos has Ed25519: .NET cannot serve TLS with such a key. The CA of a
/// cluster is Ed25519 as in the original.
/// </summary>
internal static class LabCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(5);

    public static (X509Certificate2 Certificate, Ed25519Key Key, byte[] Seed) NewAuthority(DateTimeOffset now, TimeSpan lifetime)
    {
        var seed = RandomNumberGenerator.GetBytes(32);
        var key = Ed25519Key.FromSeed(seed);
        var subject = Organization("talos");
        var request = new CertificateRequest(subject, key.PublicKey, HashAlgorithmName.SHA512)
        {
            CertificateExtensions =
            {
                new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true),
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true),
            },
        };
        var certificate = request.Create(subject, new Ed25519SignatureGenerator(key), now - s_clockSkew, now + lifetime, RandomNumberGenerator.GetBytes(16));
        return (certificate, key, seed);
    }

    /// <summary>A node in maintenance certifies itself, anew at every boot.</summary>
    public static X509Certificate2 SelfSigned(IPAddress address, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ServerRequest(key, address).CreateSelfSigned(now - s_clockSkew, now + TimeSpan.FromHours(24));
    }

    public static X509Certificate2 Issued(TalosAuthority authority, IPAddress address, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = authority.Issue(ServerRequest(key, address), now - s_clockSkew, now + TimeSpan.FromHours(24));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Another algorithm's CA, such as Kubernetes and etcd have, as PEM of certificate and key.</summary>
    public static (string Certificate, string Key) NewEcdsaAuthority(string organization, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Organization(organization), key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions = { new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true) },
        };
        using var certificate = request.CreateSelfSigned(now - s_clockSkew, now + lifetime);
        return (certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }

    /// <summary>PKCS#8 (RFC 8410) under the label Talos gives it.</summary>
    public static string Ed25519Pem(ReadOnlySpan<byte> seed)
    {
        ReadOnlySpan<byte> prefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        return PemEncoding.WriteString("ED25519 PRIVATE KEY", [.. prefix, .. seed]);
    }

    private static CertificateRequest ServerRequest(ECDsa key, IPAddress address)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        return new CertificateRequest(Organization("talos-node"), key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions =
            {
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false),
                names.Build(),
            },
        };
    }

    private static X500DistinguishedName Organization(string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(name);
        return subject.Build();
    }
}
