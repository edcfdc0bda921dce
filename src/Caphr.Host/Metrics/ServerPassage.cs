using Caphr.Actors.Servers;

namespace Caphr.Host.Metrics;

/// <summary>
/// What a change of one server adds to the measures. Times are those of its events, so a phase that began under another replica, or before a restart, is
/// measured whole.
/// </summary>
internal static class ServerPassage
{
    /// <summary>Why a server is in quarantine that its object said was there, and not what that object says: a person may have written it.</summary>
    private const string Doubted = "Doubted";

    /// <summary>Something is to come of it by itself; elsewhere a server may be for years, and nothing is wrong.</summary>
    public static bool IsUnderWay(ServerPhase phase) => phase switch
    {
        ServerPhase.Available or ServerPhase.Provisioned or ServerPhase.Failed or ServerPhase.Quarantined => false,
        ServerPhase.Registered or ServerPhase.Inspecting or ServerPhase.Claimed or ServerPhase.EnteringRescue or ServerPhase.InRescue or ServerPhase.Installing or ServerPhase.Booting
            or ServerPhase.Configuring or ServerPhase.Joining or ServerPhase.Remediating or ServerPhase.Releasing => true,
    };

    /// <param name="before">How the server was last known to stand; null where this replica did not know it.</param>
    public static void Measure(Measures measures, ServerState? before, ServerChanged changed)
    {
        // The words of a running step are no event.
        if (before is null || changed.Events.Count == 0) return;
        var state = changed.Server.State;
        // The same phase may have been left and entered again with one breath. A server that was only named so far has no time.
        if (before.Since != state.Since && before.Since != default && IsUnderWay(before.Phase)) measures.PhaseLeft(before.Phase, state.Since - before.Since);
        foreach (var happened in changed.Events) Measure(measures, before, state, happened);
    }

    private static void Measure(Measures measures, ServerState before, ServerState state, ServerEvent happened)
    {
        switch (happened)
        {
            // One that was adopted ran already, and was only recognised.
            case ServerEvent.NodeProven proven when before is ServerState.Held { Plan.AlreadyNode: false } && state.HeldSince is { } since:
                measures.Provisioned(proven.At - since);
                break;
            case ServerEvent.Released { Wiped: true } released:
                measures.Released(released.At - before.Since);
                break;
            case ServerEvent.ResetPressed pressed:
                measures.ResetPressed(pressed.Known);
                break;
            case ServerEvent.StepRefused refused:
                measures.StepRefused(refused.Reason);
                break;
            case ServerEvent.GaveUp gaveUp:
                measures.GaveUp(gaveUp.Reason);
                break;
            case ServerEvent.Quarantined quarantined:
                measures.Quarantined(before is ServerState.Registered ? Doubted : quarantined.Reason);
                break;
            default:
                break;
        }
    }
}
