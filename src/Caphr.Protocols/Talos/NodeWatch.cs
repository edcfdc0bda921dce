using System.Net;
using System.Runtime.CompilerServices;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Talos.Grpc;

namespace Caphr.Protocols.Talos;

/// <summary>
/// Keeps an eye on one node through everything that happens to its API: not there yet, maintenance, gone for the change of its listener,
/// secured, gone again for a reboot. One stream at a time, and a pause before every new connection that grows while nothing comes of them.
/// Not for two readers at once.
/// </summary>
public sealed class NodeWatch(IPEndPoint node, ReconnectDelay pause, TimeProvider clock, Random random, GrpcTransport? transport = null)
{
    private const int MostCounted = 100;

    private int _fruitless;

    /// <summary>
    /// What is seen of the node, until the caller has seen enough or the certificate of <paramref name="identity"/> is no longer valid for
    /// another connection: then it ends, and the caller comes back with a new one. The pause outlives the caller's coming and going.
    /// </summary>
    public async IAsyncEnumerable<NodeSighting> FollowAsync(TalosIdentity? identity, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (identity is null || clock.GetUtcNow() < identity.Certificate.ExpiresAt)
        {
            if (_fruitless > 0) await Task.Delay(pause.After(_fruitless, askedFor: null, random), clock, cancellation);
            _fruitless = Math.Min(_fruitless + 1, MostCounted);

            var probe = await TalosClient.ProbeAsync(node, identity, clock, cancellation, transport);
            if (!probe.TryGet(out var presence, out var failure))
            {
                yield return new NodeSighting.Lost(failure);
                continue;
            }

            yield return new NodeSighting.Answered(presence);
            using var client = Open(presence, identity);
            if (client is null) continue;

            var began = clock.GetTimestamp();
            await foreach (var told in client.WatchMachineStatusAsync(cancellation))
                yield return told.TryGet(out var status, out failure) ? new NodeSighting.Told(presence, status) : new NodeSighting.Lost(failure);

            // Only a stream that stood for a while was worth its connection: one that is cut again and again is a fault too.
            if (clock.GetElapsedTime(began) > pause.Longest) _fruitless = 0;
        }
    }

    private TalosClient? Open(TalosPresence presence, TalosIdentity? identity) => presence switch
    {
        TalosPresence.Maintenance maintenance => TalosClient.InMaintenance(node, maintenance.Pin, clock, transport),
        TalosPresence.Secured => TalosClient.Secured(node, identity!, clock, transport),
        _ => null,
    };
}
