namespace Caphr.Actors.Servers.Phases;

/// <summary>A step that surely was not done. The advice of the interpreter decides; the counting is the same for every phase.</summary>
internal static class Refusals
{
    public static IReadOnlyList<ServerEvent> Decide(ServerState state, ServerInput.Heard.Refused refused, DateTimeOffset now) => refused.Advice switch
    {
        Advice.BackOff => BackOff(state, refused.Reason, refused.Message, now, refused.Wait),
        // Said already: a person may take days, and the journal need not hold every minute of them.
        Advice.WaitForPerson when state.Trouble is { } known && known.Reason == refused.Reason && known.Message == refused.Message && refused.Wait is null => [],
        Advice.WaitForPerson => [new ServerEvent.StepRefused(now, refused.Reason, refused.Message, now + (refused.Wait ?? Limits.PersonPace), Counted: false)],
        Advice.GiveUp => Ending.GiveUp(state, refused.Reason, refused.Message, now),
        Advice.EnterRescueAgain => state switch
        {
            ServerState.Working working => RescueAgain.Decide(working, refused.Reason, refused.Message, now),
            ServerState.Inspecting inspecting => Inspecting.Again(inspecting, refused.Reason, refused.Message, now),
            _ => BackOff(state, refused.Reason, refused.Message, now, refused.Wait),
        },
    };

    public static IReadOnlyList<ServerEvent> BackOff(ServerState state, string reason, string message, DateTimeOffset now, TimeSpan? wait = null)
    {
        var failures = (state.Trouble?.Failures ?? 0) + 1;
        // An adopted node is only ever looked at, and looking costs it nothing.
        if (state is ServerState.Held and not ServerState.Joining { Plan.AlreadyNode: true } or ServerState.Inspecting && failures > Limits.StepFailures)
            return Ending.GiveUp(state, reason, $"{message} This was tried {failures} times.", now);

        return [new ServerEvent.StepRefused(now, reason, message, now + (wait ?? RetryPause.After(failures, ServerLifecycle.Key(state))), Counted: true)];
    }
}
