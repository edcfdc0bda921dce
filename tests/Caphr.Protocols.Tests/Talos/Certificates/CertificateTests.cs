using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Protocols.Tests.Talos.Certificates;

public sealed class CertificateTests
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] s_seed = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    [Fact]
    public void Signing_gives_the_signature_of_RFC_8032()
    {
        using var key = Ed25519Key.FromSeed(Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));

        Assert.Equal("3D4017C3E843895A92B70AA74D1B7EBC9C982CCF2EC4968CC0CD55F12AF4660C", Convert.ToHexString(key.PublicKey.EncodedKeyValue.RawData));
        Assert.Equal(
            "92A009A9F0D4CAB8720E820B5F642540A2B27B5416503F8FB3762223EBDB69DA085AC1E43E15996E458F3613D0F11D8C387B2EAEB4302AEEB00D291612BB0C00",
            Convert.ToHexString(key.Sign([0x72])));
    }

    [Fact]
    public void A_bundle_gives_the_authority_that_mints_a_certificate_for_clients_only()
    {
        using var bundle = TalosBundle.Parse(Bundle()).Value;
        using var minted = TalosClientCertificate.Mint(bundle.Authority, TalosRole.Admin, TimeSpan.FromHours(1), s_now);

        Assert.True(TalosAuthority.Vouches(bundle.Authority.Certificate, minted.Certificate, ClientAuthentication, s_now));
        Assert.False(TalosAuthority.Vouches(bundle.Authority.Certificate, minted.Certificate, ServerAuthentication, s_now));
        Assert.False(TalosAuthority.Vouches(bundle.Authority.Certificate, minted.Certificate, ClientAuthentication, s_now.AddHours(2)));
        Assert.Equal("O=os:admin", minted.Certificate.Subject);
        Assert.Equal(s_now.AddHours(1), minted.ExpiresAt);
    }

    [Fact]
    public void Another_authority_does_not_vouch_for_it()
    {
        using var bundle = TalosBundle.Parse(Bundle()).Value;
        using var minted = TalosClientCertificate.Mint(bundle.Authority, TalosRole.Reader, TimeSpan.FromHours(1), s_now);
        using var stranger = Ed25519Key.FromSeed(new byte[32]);
        using var other = Authority(stranger);

        Assert.False(TalosAuthority.Vouches(other, minted.Certificate, ClientAuthentication, s_now));
    }

    /// <summary>A second opinion, as .NET and we share the library but not the code around it.</summary>
    [Fact]
    public async Task The_openssl_program_verifies_what_was_minted()
    {
        using var bundle = TalosBundle.Parse(Bundle()).Value;
        using var minted = TalosClientCertificate.Mint(bundle.Authority, TalosRole.Operator, TimeSpan.FromHours(1), s_now);
        var folder = Directory.CreateTempSubdirectory("caphr-certificates");
        try
        {
            var authority = Path.Combine(folder.FullName, "ca.pem");
            var leaf = Path.Combine(folder.FullName, "leaf.pem");
            await File.WriteAllTextAsync(authority, bundle.Authority.Certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(leaf, minted.Certificate.ExportCertificatePem());
            string[] verify = ["verify", "-purpose", "sslclient", "-attime", $"{s_now.ToUnixTimeSeconds()}", "-CAfile", authority, leaf];
            using var openssl = Process.Start(new ProcessStartInfo("openssl", verify) { RedirectStandardOutput = true })!;

            Assert.EndsWith(": OK", (await openssl.StandardOutput.ReadToEndAsync()).Trim(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("certs: [")]
    [InlineData("certs: [new\nos: 1\n")]
    [InlineData("")]
    [InlineData("certs: {os: {crt: '!!!', key: ''}}")]
    public void What_is_no_bundle_is_unreadable(string yaml)
    {
        var failure = TalosBundle.Parse(yaml).Failure;

        Assert.Equal(TalosError.BundleUnreadable, failure?.Error);
        Assert.Equal(RetryClass.NeedsHuman, failure?.Retry);
    }

    [Fact]
    public void A_key_that_belongs_to_another_certificate_is_refused_without_being_shown()
    {
        var wrong = Bundle(key: Pem("ED25519 PRIVATE KEY", new byte[32]));

        var failure = TalosBundle.Parse(wrong).Failure;

        Assert.Contains("does not belong", failure?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_prints_key_material()
    {
        using var bundle = TalosBundle.Parse(Bundle()).Value;
        using var minted = TalosClientCertificate.Mint(bundle.Authority, TalosRole.Admin, TimeSpan.FromHours(1), s_now);
        var secret = Convert.ToBase64String(s_seed)[..20];

        foreach (var text in new[] { $"{bundle}", $"{bundle.Authority}", $"{minted}", $"{new TalosIdentity(bundle.Authority.Certificate, minted)}" })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Equal("os:admin until 2026-03-01 13:00:00Z", minted.ToString());
    }

    private static string Bundle(string? key = null)
    {
        using var ed25519 = Ed25519Key.FromSeed(s_seed);
        using var certificate = Authority(ed25519);
        return $"""
            cluster: {"{id: x}"}
            certs:
                os:
                    crt: {Base64(certificate.ExportCertificatePem())}
                    key: {Base64(key ?? Pem("ED25519 PRIVATE KEY", s_seed))}
            """;
    }

    private static X509Certificate2 Authority(Ed25519Key key)
    {
        var request = new CertificateRequest(new X500DistinguishedName("O=talos"), key.PublicKey, HashAlgorithmName.SHA512)
        {
            CertificateExtensions =
            {
                new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true),
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true),
            },
        };
        return request.Create(request.SubjectName, new Ed25519SignatureGenerator(key), s_now.AddDays(-1), s_now.AddDays(1), [1, 2, 3]);
    }

    private static string Pem(string label, byte[] seed) => PemEncoding.WriteString(label, [.. Convert.FromHexString("302e020100300506032b657004220420"), .. seed]);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
