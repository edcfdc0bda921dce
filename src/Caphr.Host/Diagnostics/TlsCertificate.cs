using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// What the HTTPS server proves itself with: <c>tls.crt</c> and <c>tls.key</c> of a folder, such as a mounted Secret of the type kubernetes.io/tls, read anew
/// when they have changed; and until there are any, a certificate made for the life of this process, whose fingerprint the log tells.
/// </summary>
internal sealed partial class TlsCertificate : IDisposable
{
    public const string Chain = "tls.crt";
    public const string Key = "tls.key";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>How often a handshake looks at the files. A kubelet brings a changed Secret within a minute or so.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string? _folder;
    private readonly TimeProvider _clock;
    private readonly ILogger<TlsCertificate> _logger;
    private SslStreamCertificateContext _current;
    private string? _read;
    private string? _said;
    private long _lookedAt;

    /// <param name="folder">Null: there will never be any.</param>
    public TlsCertificate(string? folder, string replica, TimeProvider clock, ILogger<TlsCertificate> logger)
    {
        _folder = folder;
        _clock = clock;
        _logger = logger;
        var made = SslStreamCertificateContext.Create(Make(replica, clock.GetUtcNow()), additionalCertificates: null, offline: true);
        _current = made;
        if (folder is not null) Look();
        if (_current != made) return;
        var fingerprint = Fingerprint(made.TargetCertificate);
        Log.Made(logger, fingerprint);
    }

    public SslStreamCertificateContext Current()
    {
        lock (_gate)
        {
            if (_folder is not null && _clock.GetElapsedTime(_lookedAt) >= s_look) Look();
            return _current;
        }
    }

    private static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    public void Dispose()
    {
        lock (_gate) _current.TargetCertificate.Dispose();
    }

    /// <summary>Whatever is wrong with new files, the old certificate goes on: half of a Secret may have been brought.</summary>
    private void Look()
    {
        _lookedAt = _clock.GetTimestamp();
        // A Secret that is not there is mounted as an empty folder.
        if (!File.Exists(Path.Combine(_folder!, Chain))) return;
        try
        {
            var (chain, key) = (File.ReadAllText(Path.Combine(_folder!, Chain)), File.ReadAllText(Path.Combine(_folder!, Key)));
            if (Hash(chain, key) is var hash && hash == _read) return;
            var certificate = X509Certificate2.CreateFromPem(chain, key);
            var issuers = new X509Certificate2Collection();
            issuers.ImportFromPem(chain);
            // The one before is left to the connections that still use it.
            _current = SslStreamCertificateContext.Create(certificate, issuers, offline: true);
            (_read, _said) = (hash, null);
            var (until, fingerprint) = (certificate.NotAfter.ToUniversalTime(), Fingerprint(certificate));
            Log.Read(_logger, _folder!, until, fingerprint);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // What .NET says of a key that does not fit may quote nothing of it, but what it will say one day is not known.
            var why = unusable is IOException or UnauthorizedAccessException ? unusable.Message : "they are no certificate and key in PEM that belong together.";
            if (_said != why) Log.Unusable(_logger, _folder!, Chain, Key, why);
            _said = why;
        }
    }

    private static string Hash(string chain, string key) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(chain + key)));

    private static X509Certificate2 Make(string replica, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName("caphr");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in new[] { "localhost", "caphr", "caphr.caphr-system.svc", replica }.Where(host => Uri.CheckHostName(host) == UriHostNameType.Dns).Distinct(StringComparer.OrdinalIgnoreCase)) names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        return request.CreateSelfSigned(now.AddHours(-1), now.AddYears(2));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Diagnostics over HTTPS prove themselves with a certificate made for this process, SHA-256 {Fingerprint}. Put tls.crt and tls.key into the folder of --diagnostics-tls to use your own")]
        public static partial void Made(ILogger logger, string fingerprint);

        [LoggerMessage(Level = LogLevel.Information, Message = "Diagnostics over HTTPS prove themselves with the certificate in {Folder}, good until {NotAfter:u}, SHA-256 {Fingerprint}")]
        public static partial void Read(ILogger logger, string folder, DateTime notAfter, string fingerprint);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate for diagnostics over HTTPS cannot be read from {Folder} ({Chain} and {Key}): {Why}")]
        public static partial void Unusable(ILogger logger, string folder, string chain, string key, string why);
    }
}
