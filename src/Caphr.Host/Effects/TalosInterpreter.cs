using System.Diagnostics;
using System.Net;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Effects;

/// <summary>What is done through the Talos API: see it come up, give it its configuration, see it prove itself.</summary>
internal sealed class TalosInterpreter(NodeConfigurations configurations, TalosIdentities identities, HostOptions options, TimeProvider clock, Random random, GrpcTransport? nodes = null)
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(400);

    // A boot takes minutes and a provision counts seconds: what is waited for should be seen soon after it is there. A try is one SYN until then.
    private static readonly ReconnectDelay s_pause = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500));

    private readonly Lock _chance = new();

    /// <summary>An apply whose answer was lost shows itself within a service restart.</summary>
    private const int ApplyRounds = 50;

    public async Task<Heard> AwaitMaintenanceAsync(ServerEffect.AwaitTalos effect, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        await foreach (var sighting in Watch(effect.Address).FollowAsync(identity: null, cancellation))
        {
            if (sighting is NodeSighting.Answered { Presence: TalosPresence.Maintenance maintenance })
                return new Heard.MaintenanceAnswered(effect.Key, new MaintenanceTalos(maintenance.Pin.Value, maintenance.Version.ToString()));

            notes.Report(new EffectNote(effect.Key, WhileBooting(sighting)) { Missed = IsMiss(sighting) });
        }

        throw new UnreachableException("A watch that needs no certificate does not end by itself.");
    }

    /// <summary>Looks who answers before each try: a node under the cluster's certificates has taken the configuration already.</summary>
    public async Task<Heard> ConfigureAsync(ServerEffect.ApplyConfiguration effect, Warrant warrant, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        if (!TalosVersion.TryParse(effect.Talos.Version, out var version))
            return new Heard.Refused(effect.Key, "TalosVersionUnknown", $"Talos calls its version {effect.Talos.Version}, which CAPHR does not understand.", Advice.GiveUp);

        var made = await configurations.MakeAsync(NodeOrder.Of(effect), version, cancellation);
        if (!made.TryGet(out var configuration, out var problem)) return problem.ToInput(effect.Key);
        var accepted = new Heard.ConfigurationAccepted(effect.Key) { Kept = [.. configuration.Placed.Kept.Select(placement => placement.Key)] };

        var known = await identities.ReadAsync(effect.TalosSecrets, cancellation);
        if (!known.TryGet(out var identity, out problem)) return problem.ToInput(effect.Key);
        using (identity)
        {
            for (var round = 0; round < ApplyRounds; round++)
            {
                var probe = await TalosClient.ProbeAsync(Node(effect.Address), identity.Identity, clock, cancellation, nodes);
                if (probe.TryGet(out var presence, out _))
                {
                    if (presence is TalosPresence.Secured) return accepted;
                    if (presence is TalosPresence.Maintenance maintenance)
                    {
                        if (maintenance.Pin.Value != effect.Talos.Pin)
                            return new Heard.Refused(effect.Key, "TalosRestarted", "Talos shows another key than the one it came up with, so it is not sure to be the system we installed.", Advice.EnterRescueAgain);
                        if (!warrant.IsInForce) return StepProblem.NoWarrant.ToInput(effect.Key);
                        if (await ApplyAsync(effect, configuration.Placed.Documents, version, accepted, cancellation) is { } answer) return answer;
                    }
                }

                notes.Report(new EffectNote(effect.Key, "Waiting for Talos to restart with its configuration."));
                await Task.Delay(s_pace, clock, cancellation);
            }
        }

        return new Heard.LeftUnknown(effect.Key, "Talos has not come back with its configuration yet.");
    }

    public async Task<Heard> AwaitNodeAsync(ServerEffect.AwaitNode effect, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        var watch = Watch(effect.Address);
        while (true)
        {
            var known = await identities.ReadAsync(effect.TalosSecrets, cancellation);
            if (!known.TryGet(out var identity, out var problem)) return problem.ToInput(effect.Key);
            using (identity)
            {
                await foreach (var sighting in watch.FollowAsync(identity.Identity, cancellation))
                {
                    if (sighting is NodeSighting.Told { Presence: TalosPresence.Secured node } told && NodeProof.IsGiven(told.Status))
                        return new Heard.NodeProven(effect.Key, node.Version.ToString());

                    notes.Report(new EffectNote(effect.Key, WhileJoining(sighting)) { Missed = IsMiss(sighting) });
                    // The secrets may be the wrong ones, and somebody may have put them right by now.
                    if (sighting is NodeSighting.Answered { Presence: TalosPresence.Foreign }) break;
                }
            }
        }
    }

    /// <returns>Null: look again who answers.</returns>
    private async Task<Heard?> ApplyAsync(ServerEffect.ApplyConfiguration effect, string documents, TalosVersion version, Heard.ConfigurationAccepted accepted, CancellationToken cancellation)
    {
        using var talos = TalosClient.InMaintenance(Node(effect.Address), new SpkiPin(effect.Talos.Pin), clock, nodes);
        var applied = await talos.ApplyConfigurationAsync(documents, version, cancellation);
        if (applied.TryGet(out _, out var failure)) return accepted;
        return failure.Error is TalosError.ConfigurationInvalid or TalosError.NotAuthorized ? StepProblem.From(failure).ToInput(effect.Key) : null;
    }

    private IPEndPoint Node(string address) => new(IPAddress.Parse(address), options.TalosPort);

    /// <summary>A Random is for one thread, and many servers are watched.</summary>
    private NodeWatch Watch(string address)
    {
        int seed;
        lock (_chance) seed = random.Next();
        return new NodeWatch(Node(address), s_pause, clock, new Random(seed), nodes);
    }

    /// <summary>A node that has shown itself and has not told all of its status yet is there.</summary>
    private static bool IsMiss(NodeSighting sighting) => sighting is NodeSighting.Lost or NodeSighting.Answered { Presence: TalosPresence.Foreign };

    private static string WhileBooting(NodeSighting sighting) => sighting switch
    {
        NodeSighting.Answered { Presence: TalosPresence.Foreign { Peer: ForeignPeer.AnotherCluster } } =>
            "A Talos with an older configuration answers instead of the one that was installed; waiting.",
        NodeSighting.Answered { Presence: TalosPresence.Foreign } => "Something that is not Talos answers on its port; waiting.",
        NodeSighting.Lost { Failure: var failure } => $"Waiting for Talos to boot; so far: {failure.Detail}",
        _ => "Waiting for Talos to boot.",
    };

    private static string WhileJoining(NodeSighting sighting) => sighting switch
    {
        NodeSighting.Told { Presence: TalosPresence.Secured, Status: var status } => $"Talos is {status}.",
        NodeSighting.Answered { Presence: TalosPresence.Foreign } => "The node does not show a certificate of this cluster yet.",
        NodeSighting.Answered { Presence: TalosPresence.Secured } => "The node has shown a certificate of this cluster.",
        NodeSighting.Lost { Failure: { Error: not (TalosError.NotListening or TalosError.ConnectionLost or TalosError.Unreachable) } failure } =>
            $"Waiting for the node; so far: {failure.Detail}",
        _ => "Waiting for Talos to restart with its configuration.",
    };
}
