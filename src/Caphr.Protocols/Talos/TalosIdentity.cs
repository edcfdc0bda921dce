using System.Security.Cryptography.X509Certificates;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Protocols.Talos;

/// <summary>Who we are to a cluster's nodes, and by what we know them. Owns neither; whoever minted them renews and disposes them.</summary>
public sealed class TalosIdentity(X509Certificate2 authority, TalosClientCertificate certificate)
{
    public X509Certificate2 Authority { get; } = authority;

    public TalosClientCertificate Certificate { get; } = certificate;
}
