using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Host.Effects;
using Caphr.Lab.Robot;
using Caphr.Lab.World.Faults;
using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.Runs;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Troubles;

/// <summary>
/// What brings about what hardly ever happens by itself: something goes wrong in a certain state, and states in which few servers ever are have several. Drawn by a
/// chance of its own, so that it changes nothing of what else a seed stands for.
/// </summary>
internal static partial class TroubleDraw
{
    private const int MostInStates = 4;
    private const string InstallIntended = "server.install-intended";

    /// <summary>One world in so many is about each of the states that a person has to ask for, or a node has to die for.</summary>
    private const int Rareness = 6;

    /// <summary>A node is found not to be well, is reset twice and waited for, and is looked at.</summary>
    private static readonly TimeSpan s_untilDiagnosed = TimeSpan.FromMinutes(30);

    private static readonly string[] s_states = [.. Pairs.Steps.Keys.Order(StringComparer.Ordinal)];
    private static readonly string[] s_ofDiagnosis = [.. s_states.Where(state => state.StartsWith(nameof(Purpose.Diagnose), StringComparison.Ordinal))];
    private static readonly string[] s_ofRepair = [.. s_states.Where(state => state.StartsWith(nameof(Purpose.Repair), StringComparison.Ordinal))];
    private static readonly string[] s_ofRelease = [.. s_states.Where(state => state.StartsWith(nameof(Purpose.Release), StringComparison.Ordinal))];
    private static readonly string[] s_ofInspection = [.. s_states.Where(state => state.StartsWith(nameof(Purpose.Inspect), StringComparison.Ordinal))];

    private static readonly ServerFault[] s_inRescueSystems =
    [
        ServerFault.PowerLost, ServerFault.SshCut, ServerFault.NetworkDetached, ServerFault.BoardSwapped, ServerFault.DiskSwapped, ServerFault.DiskDead, ServerFault.DiskHeld, ServerFault.EntriesRefused,
        ServerFault.ImageWriteFails, ServerFault.WipeLeavesLabels,
    ];

    private static IEnumerable<Trouble> Rare(SimulationOptions options)
    {
        if (options.Troubles == 0) yield break;
        var random = new Random(unchecked((options.Seed * 48271) + 11));
        for (var left = random.Next(MostInStates + 1); left > 0; left--) yield return InOneOf(s_states);
        var asked = new Roll(options, random);
        switch (random.Next(Rareness))
        {
            case 0:
                yield return new Trouble.AllAnnotated(asked.At / 100, asked.Steps, Names.InspectAnnotation);
                for (var left = MostInStates; left > 0; left--) yield return InOneOf(s_ofInspection) with { At = TimeSpan.Zero };
                break;
            case 1:
                yield return new Trouble.AllAnnotated(s_clusterIsUp + (asked.At / 4), asked.Steps, Names.PowerCycleAnnotation);
                for (var left = MostInStates; left > 0; left--) yield return InOneOf(s_ofRepair) with { At = s_clusterIsUp };
                break;
            case 2:
                yield return new Trouble.MachineDeleted(s_clusterIsUp + (asked.At / 4), asked.Steps, 1 + (asked.Which % options.Machines), asked.Span);
                for (var left = MostInStates; left > 0; left--) yield return InOneOf(s_ofRelease) with { At = TimeSpan.Zero };
                break;
            case 3 when options.HealthCheck:
                for (var left = MostInStates; left > 0; left--) yield return InOneOf(s_ofDiagnosis) with { At = TimeSpan.Zero };
                yield return new Trouble.InState(TimeSpan.Zero, asked.Steps, nameof(ServerPhase.Provisioned), asked.Span, new Trouble.NodeDies(asked.At, asked.Steps, asked.Server));
                yield return new Trouble.Retried(s_clusterIsUp + s_untilDiagnosed, asked.Steps, 1 + (asked.Which % options.Machines));
                break;
        }

        foreach (var trouble in Rarest(options)) yield return trouble;

        Trouble.InState InOneOf(string[] states)
        {
            var roll = new Roll(options, random);
            var state = Pick(states, random.Next(states.Length));
            // What the step asks for first is asked for at once; what it asks for later, later.
            return new Trouble.InState(roll.At, roll.Steps, state, random.Next(2) * Milliseconds(2000, roll), AmidStep(Pairs.Steps[state], roll, random.Next(8)));
        }
    }

    /// <summary>By another chance once more, for the same reason.</summary>
    private static IEnumerable<Trouble> Rarest(SimulationOptions options)
    {
        var random = new Random(unchecked((options.Seed * 69621) + 7));
        var which = random.Next(Rareness);
        for (var left = MostInStates; left > 0; left--)
        {
            var roll = new Roll(options, random);
            var (state, soon) = (Pick(s_states, random.Next(s_states.Length)), Milliseconds(1000, roll));
            switch (which)
            {
                case 0:
                    var (name, key) = roll.Which % 2 == 0 ? (Manifests.RescueKey, SshKeys.PrivateKey) : (Manifests.TalosSecrets, TalosIdentities.BundleKey);
                    yield return new Trouble.InState(roll.At, roll.Steps, state, TimeSpan.Zero, new Trouble.SecretSpoiled(roll.At, roll.Steps, name, key, roll.Span));
                    break;
                case 1:
                    yield return new Trouble.AtMoment(roll.At / 2, roll.Steps, InstallIntended, soon, new Trouble.GivenBackInVain(roll.At, roll.Steps, roll.Server));
                    break;
                // Two claim one server, each for a machine of its own.
                case 3 when options.Replicas > 1:
                    yield return new Trouble.Rush(roll.At / 2, roll.Steps, roll.Place, roll.Span / 4, Machines: 2);
                    break;
                // What it waited for comes about while it stands still, and is the first thing that it hears of.
                case 2 when options.Replicas > 1:
                    yield return new Trouble.AtMoment(roll.At / 4, roll.Steps, InstallIntended, soon, new Trouble.Overtaken(roll.At, roll.Steps, roll.Place, soon / 25));
                    break;
            }
        }
    }

    private static Trouble AmidStep(Type? step, Roll roll, int which) => (which, WayOf(step)) switch
    {
        (0 or 1, _) or (_, null) => new Trouble.Crash(roll.At, roll.Steps, roll.Place, roll.Span / 8),
        (2, _) => new Trouble.Paused(roll.At, roll.Steps, s_shortestPause + roll.Span),
        (3, _) => new Trouble.LinkDown(roll.At, roll.Steps, roll.Place, Link.Kubernetes, LinkState.Broken, roll.Span),
        (4, { } link) => new Trouble.LinkDown(roll.At, roll.Steps, roll.Place, link, roll.Which % 2 == 0 ? LinkState.Broken : LinkState.Silent, roll.Which % 3 == 0 ? s_storm : roll.Span),
        (5, { } link) => new Trouble.AnswersLost(roll.At, roll.Steps, roll.Place, link, 1),
        (_, Link.Robot) => new Trouble.OfLab(roll.At, roll.Steps, Refusal(step!, roll.Which), Span: null),
        (_, Link.Rescue) => OfServer(roll, Pick(s_inRescueSystems, roll.Which)),
        _ => new Trouble.OfLab(roll.At, roll.Steps, new LabFault.OfTalos(roll.Server, Pick(s_ofNodes, roll.Which)), roll.Span * 4),
    };

    /// <summary>Which way out a step takes; null where there is none.</summary>
    private static Link? WayOf(Type? step) => step?.Name switch
    {
        null => null,
        nameof(ServerEffect.LookUpServer) or nameof(ServerEffect.ArmRescue) or nameof(ServerEffect.PrepareReset) or nameof(ServerEffect.PressReset) => Link.Robot,
        nameof(ServerEffect.AwaitTalos) or nameof(ServerEffect.ApplyConfiguration) or nameof(ServerEffect.AwaitNode) or nameof(ServerEffect.DismissNode) => Link.Nodes,
        _ => Link.Rescue,
    };

    private static LabFault.OfReply Refusal(Type step, int which)
    {
        var (template, code) = step == typeof(ServerEffect.PressReset) ? ("/reset/{server}", "RESET_NOT_AVAILABLE") : ("/boot/{server}/rescue", "BOOT_NOT_AVAILABLE");
        return (which % 4) switch
        {
            0 => new LabFault.OfReply(new RobotFault.LoseReply(), 1, "POST", template),
            1 => new LabFault.OfReply(new RobotFault.Answer(404, $$$"""{"error":{"status":404,"code":"{{{code}}}","message":"not available"}}"""), 1, "GET", template),
            2 => new LabFault.OfReply(new RobotFault.Answer(409), 1),
            _ => new LabFault.OfReply(new RobotFault.Answer(503), 1),
        };
    }
}
