using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Calls;

namespace Caphr.Lab.StandIns;

/// <summary>The etcd of a cluster, by way of one of its control plane nodes, at the address that a Machine has for it.</summary>
internal interface IEtcdDoor
{
    Task<Outcome<IReadOnlyList<EtcdPeer>, TalosFailure>> ListMembersAsync(CoreCluster cluster, string address, CancellationToken cancellation);

    /// <summary>The member at that address goes.</summary>
    Task<Outcome<Done, TalosFailure>> LeaveAsync(CoreCluster cluster, string address, CancellationToken cancellation);

    /// <summary>Another member goes.</summary>
    Task<Outcome<Done, TalosFailure>> RemoveAsync(CoreCluster cluster, string address, ulong member, CancellationToken cancellation);
}
