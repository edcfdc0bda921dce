using System.Diagnostics;
using Caphr.Actors.Kernel;

namespace Caphr.Actors.Servers;

/// <summary>
/// What a trace tells of a server: whose it is, the phase it was in, what it heard there, and which step was carried out to what end. Kinds and numbers only, never
/// what an effect or an answer carries.
/// </summary>
internal static class ServerTraces
{
    private const string StepTag = "caphr.step";

    /// <summary>Says of the message that is being handled whose it is.</summary>
    public static void Mark(ServerNumber server, ServerPhase phase)
    {
        if (Traces.Here is { } here) Describe(here, server, phase);
    }

    /// <summary>Says what is heard in it. An answer names its step, because one to an older step is heard and not listened to.</summary>
    public static void Mark(ServerNumber server, ServerPhase phase, ServerInput input)
    {
        if (Traces.Here is not { } here) return;
        Describe(here, server, phase);
        Describe(here, input);
        if (input is ServerInput.Heard answer) here.SetTag(StepTag, answer.Key.Step);
    }

    /// <summary>Null: nobody listens.</summary>
    public static Activity? Begin(ServerEffect effect, ServerPhase phase)
    {
        var kind = effect.GetType().Name;
        if (Traces.Source.StartActivity(kind) is not { } activity) return null;
        Describe(activity, effect.Key.Server, phase);
        return activity.SetTag("caphr.effect", kind).SetTag(StepTag, effect.Key.Step);
    }

    public static void End(this Activity? step, ServerInput.Heard heard)
    {
        if (step is not null) Describe(step, heard);
    }

    private static void Describe(Activity activity, ServerNumber server, ServerPhase phase) => activity.SetTag("caphr.server", server.Value).SetTag("caphr.phase", phase.ToString());

    private static void Describe(Activity activity, ServerInput input)
    {
        activity.SetTag("caphr.heard", input.GetType().Name);
        if (input is ServerInput.Heard.Refused { Advice: var advice }) activity.SetTag("caphr.advice", advice.ToString());
    }
}
