using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Caphr.Lab.Talos;

namespace Caphr.Simulation.Tests.World;

/// <summary>What each node shows to whoever comes: the same for all of its boot.</summary>
internal sealed class NodeCertificates
{
    private readonly ConditionalWeakTable<TalosNode, X509Certificate2> _shown = [];

    public X509Certificate2 Of(TalosNode node) => _shown.GetValue(node, NodeTls.NewCertificate);
}
