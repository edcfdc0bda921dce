using System.Net;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Protocols.Talos;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Effects;

/// <summary>What is done through the Talos API: see it come up, give it its configuration, see it prove itself.</summary>
internal sealed class TalosInterpreter(NodeConfigurations configurations, TalosIdentities identities, HostOptions options, TimeProvider clock)
{
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    /// <summary>An apply whose answer was lost shows itself within a service restart.</summary>
    private const int ApplyRounds = 20;

    public async Task<Heard> AwaitMaintenanceAsync(ServerEffect.AwaitTalos effect, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        while (true)
        {
            var probe = await TalosClient.ProbeAsync(Node(effect.Address), identity: null, clock, cancellation);
            if (probe.TryGet(out var presence, out var failure) && presence is TalosPresence.Maintenance maintenance)
                return new Heard.MaintenanceAnswered(effect.Key, new MaintenanceTalos(maintenance.Pin.Value, maintenance.Version.ToString()));

            notes.Report(new EffectNote(effect.Key, WhileBooting(presence, failure)));
            await Task.Delay(s_pace, clock, cancellation);
        }
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
                var probe = await TalosClient.ProbeAsync(Node(effect.Address), identity.Identity, clock, cancellation);
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
        while (true)
        {
            var known = await identities.ReadAsync(effect.TalosSecrets, cancellation);
            if (!known.TryGet(out var identity, out var problem)) return problem.ToInput(effect.Key);
            using (identity)
            using (var talos = TalosClient.Secured(Node(effect.Address), identity.Identity, clock))
            {
                await foreach (var change in talos.WatchMachineStatusAsync(cancellation))
                {
                    if (!change.TryGet(out var status, out var failure))
                    {
                        notes.Report(new EffectNote(effect.Key, WhileJoining(failure)));
                        break;
                    }

                    notes.Report(new EffectNote(effect.Key, $"Talos is {status}."));
                    if (!NodeProof.IsGiven(status)) continue;

                    var version = await talos.ReadVersionAsync(cancellation);
                    if (version.TryGet(out var proven, out failure)) return new Heard.NodeProven(effect.Key, proven.ToString());
                    notes.Report(new EffectNote(effect.Key, WhileJoining(failure)));
                    break;
                }
            }

            await Task.Delay(s_pace, clock, cancellation);
        }
    }

    /// <returns>Null: look again who answers.</returns>
    private async Task<Heard?> ApplyAsync(ServerEffect.ApplyConfiguration effect, string documents, TalosVersion version, Heard.ConfigurationAccepted accepted, CancellationToken cancellation)
    {
        using var talos = TalosClient.InMaintenance(Node(effect.Address), new SpkiPin(effect.Talos.Pin), clock);
        var applied = await talos.ApplyConfigurationAsync(documents, version, cancellation);
        if (applied.TryGet(out _, out var failure)) return accepted;
        return failure.Error is TalosError.ConfigurationInvalid or TalosError.NotAuthorized ? StepProblem.From(failure).ToInput(effect.Key) : null;
    }

    private IPEndPoint Node(string address) => new(IPAddress.Parse(address), options.TalosPort);

    private static string WhileBooting(TalosPresence? presence, TalosFailure? failure) => presence switch
    {
        TalosPresence.Foreign { Peer: ForeignPeer.AnotherCluster } => "A Talos with an older configuration answers instead of the one that was installed; waiting.",
        TalosPresence.Foreign => "Something that is not Talos answers on its port; waiting.",
        _ => failure is null ? "Waiting for Talos to boot." : $"Waiting for Talos to boot; so far: {failure.Detail}",
    };

    private static string WhileJoining(TalosFailure failure) => failure.Error switch
    {
        TalosError.ForeignCertificate => "The node does not show a certificate of this cluster yet.",
        TalosError.NotListening or TalosError.ConnectionLost or TalosError.Unreachable => "Waiting for Talos to restart with its configuration.",
        _ => $"Waiting for the node; so far: {failure.Detail}",
    };
}
