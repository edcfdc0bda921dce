namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// The agent on the server streams the image onto the chosen disk, detached from our connection, and keeps its own record; we watch.
/// A controller that comes back asks the agent and finds the same writer, or its end. A rescue boot that is gone ends this attempt.
/// </summary>
internal static class Installing
{
    public static ServerEffect Effect(ServerState.Installing state) => new ServerEffect.InstallImage(
        ServerLifecycle.Key(state),
        state.Plan.Robot,
        state.Record!.Address,
        state.Boot,
        state.Disk,
        state.Plan.Image,
        state.Plan.Claim,
        state.Plan.Disk.MayDestroyForeignData,
        state.Plan.Guard,
        state.Attempt);

    public static IReadOnlyList<ServerEvent> Decide(ServerState.Installing state, ServerInput.Heard heard, DateTimeOffset now) => heard switch
    {
        ServerInput.Heard.ImageWritten written => [new ServerEvent.ImageWritten(now, written.Bytes, written.Sha256, now + Limits.BootTimeout)],
        ServerInput.Heard.WriteFailed failed => WriteAgain(state, failed, now),
        ServerInput.Heard.LeftUnknown unknown => Refusals.BackOff(state, "RescueSilent", unknown.Message, now),
        _ => [],
    };

    public static IReadOnlyList<ServerEvent> Overdue(ServerState.Installing state, DateTimeOffset now) =>
        RescueAgain.Decide(state, "InstallTimedOut", $"The image was not written within {Limits.InstallTimeout.TotalMinutes:0} minutes.", now);

    private static IReadOnlyList<ServerEvent> WriteAgain(ServerState.Installing state, ServerInput.Heard.WriteFailed failed, DateTimeOffset now)
    {
        if (Permits.Missing(state, now) is { } missing) return [new ServerEvent.GaveUp(now, missing.Reason, $"{failed.Message} {missing.Message}")];

        var answer = Refusals.BackOff(state, failed.Reason, failed.Message, now);
        return answer is [ServerEvent.StepRefused] ? [.. answer, new ServerEvent.InstallIntended(now, state.Boot, state.Disk, state.Until ?? now + Limits.InstallTimeout)] : answer;
    }
}
