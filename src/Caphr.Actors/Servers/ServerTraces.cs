using System.Diagnostics;
using Caphr.Actors.Kernel;

namespace Caphr.Actors.Servers;

/// <summary>
/// What a trace tells of a server: whose it is, the phase it was in, and which step was carried out to what end. Kinds and numbers only, never what an effect or
/// an answer carries.
/// </summary>
internal static class ServerTraces
{
    /// <summary>Says of the message that is being handled whose it is.</summary>
    public static void Mark(ServerNumber server, ServerPhase phase)
    {
        if (Traces.Here is { } here) Describe(here, server, phase);
    }

    /// <summary>Null: nobody listens.</summary>
    public static Activity? Begin(ServerEffect effect, ServerPhase phase)
    {
        var kind = effect.GetType().Name;
        if (Traces.Source.StartActivity(kind) is not { } activity) return null;
        Describe(activity, effect.Key.Server, phase);
        return activity.SetTag("caphr.effect", kind).SetTag("caphr.step", effect.Key.Step);
    }

    public static void End(this Activity? step, ServerInput.Heard heard) => step?.SetTag("caphr.heard", heard.GetType().Name);

    private static void Describe(Activity activity, ServerNumber server, ServerPhase phase) => activity.SetTag("caphr.server", server.Value).SetTag("caphr.phase", phase.ToString());
}
