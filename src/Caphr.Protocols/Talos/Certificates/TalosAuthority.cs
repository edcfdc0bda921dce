using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Talos.Certificates;

/// <summary>A cluster's CA for the Talos API ("OS CA"): its certificate, and the key it signs with.</summary>
public sealed class TalosAuthority(X509Certificate2 certificate, Ed25519Key key) : IDisposable
{
    public X509Certificate2 Certificate { get; } = certificate;

    /// <summary>Certifies the public key of <paramref name="request"/>, for no time outside of the CA's own.</summary>
    public X509Certificate2 Issue(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        DateTimeOffset first = Certificate.NotBefore;
        DateTimeOffset last = Certificate.NotAfter;
        return request.Create(
            Certificate.SubjectName,
            new Ed25519SignatureGenerator(key),
            notBefore < first ? first : notBefore,
            notAfter > last ? last : notAfter,
            RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>Does <paramref name="authority"/> vouch for <paramref name="leaf"/>, for the use given by its OID?</summary>
    public static bool Vouches(X509Certificate2 authority, X509Certificate2 leaf, string use, DateTimeOffset now)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                ApplicationPolicy = { new Oid(use) },
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = now.UtcDateTime,
                VerificationTimeIgnored = false,
                // A peer must not be able to make us fetch anything.
                DisableCertificateDownloads = true,
            },
        };
        return chain.Build(leaf);
    }

    public override string ToString() => $"Talos CA {Certificate.Thumbprint}";

    public void Dispose()
    {
        key.Dispose();
        Certificate.Dispose();
    }
}
