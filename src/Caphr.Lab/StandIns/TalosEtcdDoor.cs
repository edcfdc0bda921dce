using System.Net;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Calls;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.StandIns;

/// <summary>
/// As the real provider comes in: over the Talos API of a node, with the right that the cluster's bundle gives. That the addresses which an
/// infrastructure publishes lead there is part of what is tried.
/// </summary>
internal sealed class TalosEtcdDoor(KubernetesClient client, int port, TimeProvider clock) : IEtcdDoor
{
    private static readonly TimeSpan s_certificateLife = TimeSpan.FromMinutes(10);

    public Task<Outcome<IReadOnlyList<EtcdPeer>, TalosFailure>> ListMembersAsync(CoreCluster cluster, string address, CancellationToken cancellation) =>
        CallAsync(cluster, address, etcd => etcd.ListMembersAsync(cancellation), cancellation);

    public Task<Outcome<Done, TalosFailure>> LeaveAsync(CoreCluster cluster, string address, CancellationToken cancellation) =>
        CallAsync(cluster, address, etcd => etcd.LeaveAsync(cancellation), cancellation);

    public Task<Outcome<Done, TalosFailure>> RemoveAsync(CoreCluster cluster, string address, ulong member, CancellationToken cancellation) =>
        CallAsync(cluster, address, etcd => etcd.RemoveAsync(member, cancellation), cancellation);

    private async Task<Outcome<T, TalosFailure>> CallAsync<T>(
        CoreCluster cluster, string address, Func<TalosEtcd, Task<Outcome<T, TalosFailure>>> call, CancellationToken cancellation)
    {
        if (!IPAddress.TryParse(address, out var ip)) return new TalosFailure(TalosError.NotListening, $"{address} is not an IP address.");
        var secret = await client.GetAsync<Secret>(new ObjectKey(cluster.Metadata.Namespace, $"{cluster.Metadata.Name}-talos"), cancellation);
        if (!secret.Succeeded || secret.Value.Text("bundle") is not { } yaml) return new TalosFailure(TalosError.BundleUnreadable, "The cluster has no Talos bundle.");
        if (!TalosBundle.Parse(yaml).TryGet(out var bundle, out var failure)) return failure;
        using (bundle)
        {
            using var certificate = TalosClientCertificate.Mint(bundle.Authority, TalosRole.Admin, s_certificateLife, clock.GetUtcNow());
            using var node = TalosClient.Secured(new IPEndPoint(ip, port), new TalosIdentity(bundle.Authority.Certificate, certificate), clock);
            return (await node.ReadVersionAsync(cancellation)).TryGet(out var version, out failure) ? await call(node.Etcd(version)) : failure;
        }
    }
}
