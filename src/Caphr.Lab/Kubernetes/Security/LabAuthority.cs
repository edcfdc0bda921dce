using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>The cluster's certificate authority, which lives as long as the process: it certifies the server and whoever is given a certificate.</summary>
internal sealed class LabAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";

    // Clients look at their own clock, which need not be the one of the simulation.
    private static readonly TimeSpan s_before = TimeSpan.FromDays(365);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(3650);

    private readonly DateTimeOffset _now;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public LabAuthority(DateTimeOffset now)
    {
        _now = now;
        var request = new CertificateRequest(Subject(new LabUser("lab-kubernetes-ca")), _key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions =
            {
                new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true),
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true),
            },
        };
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(now - s_before, now + s_lifetime);
    }

    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>For every name a client on this computer may have for the server.</summary>
    public X509Certificate2 ServerCertificate(IPAddress address)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        foreach (var own in ((IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, address]).Distinct()) names.AddIpAddress(own);
        var (certificate, key) = Issue(new LabUser("kube-apiserver"), ServerAuthentication, names.Build());
        using (key)
        using (certificate)
        {
            return certificate.CopyWithPrivateKey(key);
        }
    }

    public (string Certificate, string Key) ClientCertificate(LabUser user)
    {
        var (certificate, key) = Issue(user, ClientAuthentication);
        using (key)
        using (certificate)
        {
            return (certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
        }
    }

    /// <summary>Whom a certificate stands for, if this authority issued it to a client.</summary>
    public LabUser? Recognise(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = _now.UtcDateTime,
                ApplicationPolicy = { new Oid(ClientAuthentication) },
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        if (!chain.Build(certificate)) return null;
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(name => !name.HasMultipleElements).ToList();
        return Values(CommonNameOid) is [{ Length: > 0 } user, ..] ? new LabUser(user, Values(OrganizationOid)) : null;

        List<string> Values(string oid) => [.. names.Where(name => name.GetSingleElementType().Value == oid).Select(name => name.GetSingleElementValue() ?? "")];
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private (X509Certificate2 Certificate, ECDsa Key) Issue(LabUser holder, string usage, X509Extension? names = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(holder), key, HashAlgorithmName.SHA256)
        {
            CertificateExtensions =
            {
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false),
                X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false),
            },
        };
        if (names is not null) request.CertificateExtensions.Add(names);
        return (request.Create(_certificate, _now - s_before, _now + s_lifetime, RandomNumberGenerator.GetBytes(16)), key);
    }

    private static X500DistinguishedName Subject(LabUser user)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in user.Groups) subject.AddOrganizationName(group);
        subject.AddCommonName(user.Name);
        return subject.Build();
    }
}
