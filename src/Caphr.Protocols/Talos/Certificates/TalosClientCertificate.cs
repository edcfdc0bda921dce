using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Talos.Certificates;

/// <summary>
/// A client certificate of our own making: an ECDSA P-256 key that exists in this process only, certified by the cluster's CA for as
/// short as the caller likes. (The keys Talos hands out are Ed25519, which .NET cannot use in TLS.)
/// </summary>
public sealed class TalosClientCertificate : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Nodes and controllers do not agree on the time to the second.
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(5);

    private TalosClientCertificate(X509Certificate2 certificate, TalosRole role)
    {
        Certificate = certificate;
        Role = role;
    }

    public X509Certificate2 Certificate { get; }

    public TalosRole Role { get; }

    public DateTimeOffset ExpiresAt => new(Certificate.NotAfter);

    public static TalosClientCertificate Mint(TalosAuthority authority, TalosRole role, TimeSpan lifetime, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(role.Organization());
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions =
            {
                new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true),
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                // Talos refuses any other set of uses, a larger one included.
                new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false),
            },
        };
        using var certificate = authority.Issue(request, now - s_clockSkew, now + lifetime);
        return new TalosClientCertificate(certificate.CopyWithPrivateKey(key), role);
    }

    public override string ToString() => $"{Role.Organization()} until {ExpiresAt:u}";

    public void Dispose() => Certificate.Dispose();
}
