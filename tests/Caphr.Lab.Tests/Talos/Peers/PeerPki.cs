using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caphr.Lab.Talos;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Tests.Talos.Peers;

/// <summary>A cluster's CA and the certificates below it as Talos itself makes them: Ed25519 throughout, which .NET cannot serve and the peer can.</summary>
internal sealed class PeerPki : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _now;

    public PeerPki(DateTimeOffset now)
    {
        _now = now;
        var (certificate, key, _) = LabCertificates.NewAuthority(now, TimeSpan.FromDays(1));
        Authority = new TalosAuthority(certificate, key);
        Folder = Directory.CreateTempSubdirectory("caphr-peer");
    }

    public TalosAuthority Authority { get; }

    public DirectoryInfo Folder { get; }

    public TalosIdentity Identity(TalosRole role) => new(Authority.Certificate, TalosClientCertificate.Mint(Authority, role, TimeSpan.FromMinutes(10), _now));

    public void WriteAuthority() => Write("ca.crt", Authority.Certificate.ExportCertificatePem());

    /// <summary>server.crt and server.key, signed by the cluster.</summary>
    public void WriteServer()
    {
        using var key = Ed25519Key.FromSeed(Seed("server.key"));
        using var certificate = Authority.Issue(Request(key, "talos-node", ServerAuthentication), _now.AddMinutes(-5), _now.AddHours(1));
        Write("server.crt", certificate.ExportCertificatePem());
    }

    /// <summary>server.crt and server.key, signed by nobody else: a node in maintenance.</summary>
    public void WriteMaintenance()
    {
        using var key = Ed25519Key.FromSeed(Seed("server.key"));
        var request = Request(key, "talos-node", ServerAuthentication);
        using var certificate = request.Create(request.SubjectName, new Ed25519SignatureGenerator(key), _now.AddMinutes(-5), _now.AddHours(1), [1, 2, 3]);
        Write("server.crt", certificate.ExportCertificatePem());
    }

    /// <summary>client.crt and client.key, as a talosconfig has them.</summary>
    public static void WriteClient(TalosAuthority authority, DirectoryInfo folder, string role, DateTimeOffset now)
    {
        var seed = RandomNumberGenerator.GetBytes(32);
        using var key = Ed25519Key.FromSeed(seed);
        using var certificate = authority.Issue(Request(key, role, ClientAuthentication), now.AddMinutes(-5), now.AddHours(1));
        File.WriteAllText(Path.Combine(folder.FullName, "client.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.FullName, "client.key"), PrivateKey(seed));
    }

    public void Dispose()
    {
        Folder.Delete(recursive: true);
        Authority.Dispose();
    }

    private static CertificateRequest Request(Ed25519Key key, string organization, string use)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(organization);
        return new CertificateRequest(subject.Build(), key.PublicKey, HashAlgorithmName.SHA512)
        {
            CertificateExtensions =
            {
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false),
                names.Build(),
            },
        };
    }

    /// <summary>OpenSSL reads the key by its label, so it has the usual one here.</summary>
    private static string PrivateKey(byte[] seed) => LabCertificates.Ed25519Pem(seed).Replace("ED25519 PRIVATE KEY", "PRIVATE KEY", StringComparison.Ordinal);

    private byte[] Seed(string file)
    {
        var seed = RandomNumberGenerator.GetBytes(32);
        Write(file, PrivateKey(seed));
        return seed;
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder.FullName, file), text);
}
