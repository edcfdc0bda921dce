using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Protocols.Talos;

/// <summary>Whom each kind of connection accepts, and what it shows of us.</summary>
internal static class TalosTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>A node in maintenance vouches for itself; the pin says that it is still the one that was met first.</summary>
    public static SslClientAuthenticationOptions Pinned(SpkiPin pin) => new()
    {
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 leaf && SpkiPin.Of(leaf) == pin,
    };

    /// <summary>
    /// The chain decides, not the name: a node that was just booted or got another address presents a certificate without it, and the
    /// CA certifies nothing but this cluster's nodes.
    /// </summary>
    public static SslClientAuthenticationOptions Secured(TalosIdentity identity, TimeProvider clock) => new()
    {
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 leaf && Vouches(identity, leaf, clock),
        ClientCertificateContext = Context(identity),
    };

    public static bool Vouches(TalosIdentity identity, X509Certificate2 leaf, TimeProvider clock) =>
        TalosAuthority.Vouches(identity.Authority, leaf, ServerAuthentication, clock.GetUtcNow());

    // Offline, or .NET would go and look for the issuers of our own certificate.
    private static SslStreamCertificateContext Context(TalosIdentity identity) =>
        SslStreamCertificateContext.Create(identity.Certificate.Certificate, additionalCertificates: null, offline: true);
}
