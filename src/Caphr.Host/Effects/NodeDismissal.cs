using System.Net;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Calls;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Rules;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Effects;

/// <summary>
/// Tells a node that is on its way back to go by itself: out of etcd, its own disk erased, and through the firmware into the rescue system that is
/// ordered already. A courtesy to its cluster and to the account's resets. If anything about it is not as it should be, the answer is that
/// nobody knows, and the reset button follows.
/// </summary>
internal sealed class NodeDismissal(TalosIdentities identities, HostOptions options, TimeProvider clock, GrpcTransport? nodes = null)
{
    public async Task<Heard> CarryOutAsync(ServerEffect.DismissNode effect, Warrant warrant, Func<bool> isWanted, CancellationToken cancellation)
    {
        var known = await identities.ReadAsync(effect.TalosSecrets, effect.Erases ? TalosCall.Reset : effect.LeavesEtcd ? TalosCall.EtcdLeaveCluster : TalosCall.Reboot, cancellation);
        if (!known.TryGet(out var identity, out var problem)) return Unknown(effect, problem.Message);
        using (identity)
        {
            var node = new IPEndPoint(IPAddress.Parse(effect.Address), options.TalosPort);
            var probe = await TalosClient.ProbeAsync(node, identity.Identity, clock, cancellation, nodes);
            if (!probe.TryGet(out var presence, out var failure)) return Unknown(effect, failure.Detail);
            // Another life's node, or a rescue system, is not told anything.
            if (presence is not TalosPresence.Secured { Version: var version }) return Unknown(effect, "The node does not answer under its cluster's certificates.");

            using var talos = TalosClient.Secured(node, identity.Identity, clock, nodes);
            if (!warrant.IsInForce) return StepProblem.NoWarrant.ToInput(effect.Key);
            if (StepProblem.Unpermitted(effect.Guard, effect.Claim, clock.GetUtcNow()) is { } unpermitted) return unpermitted.ToInput(effect.Key);
            if (!isWanted()) return StepProblem.DismissalNotWanted.ToInput(effect.Key);
            if (effect.LeavesEtcd)
            {
                // One that is the last, or whose etcd is gone already, cannot leave; it is erased all the same.
                _ = await talos.Etcd(version).LeaveAsync(cancellation);
            }

            // The whole disk and its boot loader with it: a reset that leaves the loader restarts by kexec, past the firmware and the rescue order.
            var told = effect.Erases
                ? await talos.Machine(version).ResetAsync(new ResetOrder { Graceful = false, Reboot = true }, cancellation)
                : await talos.Machine(version).RebootAsync(RebootMode.PowerCycle, cancellation);
            return told.TryGet(out _, out failure) ? new Heard.NodeDismissed(effect.Key) : Unknown(effect, failure.Detail);
        }
    }

    private static Heard.LeftUnknown Unknown(ServerEffect.DismissNode effect, string why) => new(effect.Key, $"The node was not told to go: {why}");
}
