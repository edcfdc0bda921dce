using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Talos;

/// <summary>Which certificate a node shows, and whose it takes.</summary>
internal static class NodeTls
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string OrganizationOid = "2.5.4.10";

    /// <summary>Made anew at each call, as at each boot; the caller's to dispose.</summary>
    public static X509Certificate2 NewCertificate(TalosNode node)
    {
        var named = node.Suffers(TalosFault.CertificateWithoutAddress) ? IPAddress.None : node.Server.Address;
        return node.Authority is { } authority ? LabCertificates.Issued(authority, named, node.Now) : LabCertificates.SelfSigned(named, node.Now);
    }

    /// <summary>Of a node that asks for client certificates, which those in maintenance do not.</summary>
    public static bool LetsIn(TalosNode node, X509Certificate2? peer) =>
        node.Authority is { } authority && peer is not null && IsClient(peer) && TalosAuthority.Vouches(authority.Certificate, peer, ClientAuthentication, node.Now);

    public static IReadOnlySet<string> Roles(X509Certificate2? client) => client is null
        ? new HashSet<string>()
        : client.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(name => !name.HasMultipleElements && name.GetSingleElementType().Value == OrganizationOid)
            .Select(name => name.GetSingleElementValue() ?? "")
            .ToHashSet(StringComparer.Ordinal);

    private static bool IsClient(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault()?.EnhancedKeyUsages is { Count: 1 } uses
        && uses[0] is Oid { Value: ClientAuthentication };
}
