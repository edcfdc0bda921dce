using System.Globalization;
using System.Net;
using Caphr.Actors.Servers;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Calls;
using Caphr.Protocols.Talos.Grpc;

namespace Caphr.Host.Effects;

/// <summary>Asks the other control planes whether their etcd can do without one more member. What nobody can tell counts as no.</summary>
internal sealed class EtcdQuorum(TalosIdentities identities, HostOptions options, TimeProvider clock, GrpcTransport? nodes = null)
{
    /// <summary>Null: the member may go down.</summary>
    public async Task<StepProblem?> WhyNotAsync(QuorumQuestion question, CancellationToken cancellation)
    {
        // A control plane of one has no quorum to lose, and nothing else helps it.
        if (question.Others == 0) return null;

        var known = await identities.ReadAsync(question.TalosSecrets, cancellation);
        if (!known.TryGet(out var identity, out var problem)) return problem with { NothingDone = true };
        using (identity)
        {
            var views = await Task.WhenAll(question.Peers.Select(peer => AskAsync(peer, identity.Identity, cancellation)));
            return Judge([.. views.OfType<PeerView>()], question.Others);
        }
    }

    internal static StepProblem? Judge(IReadOnlyList<PeerView> views, int others)
    {
        if (views.Count == 0) return AtRisk("none of the other control planes answers, so nobody can tell whether etcd keeps its quorum.");
        // If nobody of them has a leader there is no quorum to lose, and one more member can only help. One that is cut off from the rest proves nothing.
        if (views.Count == others && views.All(view => !view.HasLeader)) return null;

        var voters = views.Max(view => view.Voters);
        var well = views.Count(view => view.HasLeader && !view.IsLearner);
        var needed = (voters / 2) + 1;
        return well >= needed
            ? null
            : AtRisk(string.Create(CultureInfo.InvariantCulture, $"etcd has {voters} members and needs {needed}, and only {well} besides this one are well. Bring another control plane back first."));
    }

    private async Task<PeerView?> AskAsync(string address, TalosIdentity identity, CancellationToken cancellation)
    {
        var node = new IPEndPoint(IPAddress.Parse(address), options.TalosPort);
        var probe = await TalosClient.ProbeAsync(node, identity, clock, cancellation, nodes);
        if (!probe.TryGet(out var presence, out _) || presence is not TalosPresence.Secured { Version: var version }) return null;

        using var talos = TalosClient.Secured(node, identity, clock, nodes);
        var status = await talos.Etcd(version).ReadStatusAsync(cancellation);
        if (!status.TryGet(out var health, out _)) return null;
        var members = await talos.Etcd(version).ListMembersAsync(cancellation);
        return members.TryGet(out var peers, out _) ? ViewOf(health, peers) : null;
    }

    private static PeerView ViewOf(EtcdHealth health, IReadOnlyList<EtcdPeer> peers) => new(health.LeaderId != 0, health.IsLearner, peers.Count(peer => !peer.IsLearner));

    private static StepProblem AtRisk(string why) => new("QuorumAtRisk", $"Not reset: {why}", Advice.WaitForPerson) { NothingDone = true };

    /// <summary>What one member says.</summary>
    internal sealed record PeerView(bool HasLeader, bool IsLearner, int Voters);
}
