using System.Collections.Concurrent;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Talos.Calls;

namespace Caphr.Lab.StandIns;

/// <summary>
/// Asks the etcd of every control plane who its members are, as often as the real provider does, and beside the work of all others: a node
/// that does not answer holds up nobody.
/// </summary>
internal sealed class EtcdWatch(IEtcdDoor door, Inventory inventory, TimeProvider clock, double timeScale)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyList<EtcdPeer>> _members = new();

    /// <summary>By Cluster. One that nobody answered for is not in it.</summary>
    public IReadOnlyDictionary<ObjectKey, IReadOnlyList<EtcdPeer>> Members => _members.ToDictionary();

    /// <summary>Where a control plane node is asked: at its first internal address, or else at its first external one.</summary>
    public static string? AddressOf(CoreMachine machine) =>
        (machine.Status.Addresses.FirstOrDefault(address => address.Type == AddressType.InternalIP)
            ?? machine.Status.Addresses.FirstOrDefault(address => address.Type == AddressType.ExternalIP))?.Address;

    public async Task RunAsync(CancellationToken cancellation)
    {
        await inventory.WaitForSyncAsync(cancellation);
        while (true)
        {
            foreach (var cluster in inventory.All<CoreCluster>().Where(cluster => cluster.Spec.ControlPlaneRef?.Kind == TalosControlPlane.Resource.Kind))
                await LookAsync(cluster, cancellation);
            await Task.Delay(s_interval / timeScale, clock, cancellation);
        }
    }

    /// <summary>True: it left. What was known of the members is forgotten either way, because it may have.</summary>
    public async Task<bool> LeaveAsync(CoreCluster cluster, string address, CancellationToken cancellation)
    {
        var left = await door.LeaveAsync(cluster, address, cancellation);
        _members.TryRemove(cluster.Key, out _);
        return left.Succeeded;
    }

    public async Task<bool> RemoveAsync(CoreCluster cluster, string address, ulong member, CancellationToken cancellation)
    {
        var removed = await door.RemoveAsync(cluster, address, member, cancellation);
        _members.TryRemove(cluster.Key, out _);
        return removed.Succeeded;
    }

    private async Task LookAsync(CoreCluster cluster, CancellationToken cancellation)
    {
        var addresses = inventory.All<CoreMachine>()
            .Where(machine => machine.IsControlPlane && machine.Metadata.Namespace == cluster.Metadata.Namespace && machine.Spec.ClusterName == cluster.Metadata.Name)
            .Select(AddressOf).OfType<string>().Order(StringComparer.Ordinal);
        var found = await AskAsync(cluster, addresses, cancellation);
        var before = _members.GetValueOrDefault(cluster.Key);
        if (found is null) _members.TryRemove(cluster.Key, out _);
        else _members[cluster.Key] = found;
        if (before is null ? found is not null : found is null || !before.SequenceEqual(found)) inventory.Knock();
    }

    /// <summary>All of them together have only so long.</summary>
    private async Task<IReadOnlyList<EtcdPeer>?> AskAsync(CoreCluster cluster, IEnumerable<string> addresses, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            foreach (var address in addresses)
            {
                if ((await door.ListMembersAsync(cluster, address, either.Token)).TryGet(out var members, out _)) return members;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // Nobody answered in time, which is an answer too.
        }

        return null;
    }
}
