using Caphr.Actors.Servers;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Robot;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Effects;

/// <summary>
/// Why a step did not succeed, in the lifecycle's words. The one place where the protocols' retry classes become advice.
/// </summary>
/// <param name="Advice">Null: whether it was done is unknown.</param>
internal sealed record StepProblem(string Reason, string Message, Advice? Advice, TimeSpan? Wait = null)
{
    /// <summary>It went wrong before anything was asked for.</summary>
    public bool NothingDone { get; init; }

    /// <summary>Robot could not be asked, or not understood: user and password may be right or wrong.</summary>
    public bool SaysNothingOfLogin { get; init; }

    /// <summary>What could not have been taken back was left to whoever works the server next, as at every planned restart: no failure, and nothing to wait for.</summary>
    public static StepProblem NoWarrant { get; } =
        new("ReplicaLostItsShard", "This process may not act for the server any more, and did not: whoever may goes on.", Actors.Servers.Advice.WaitForPerson, TimeSpan.Zero) { NothingDone = true };

    /// <summary>Whatever is wanted instead, the lifecycle decides. With a wait, so that it does so at once although the same was said before.</summary>
    public static StepProblem ResetNotWanted { get; } =
        new("ResetNotWanted", "Work was paused, or something else was wanted, before the reset's turn came: it was not pressed.", Actors.Servers.Advice.WaitForPerson, TimeSpan.FromSeconds(5)) { NothingDone = true };

    public static StepProblem WriteNotWanted { get; } = ResetNotWanted with { Reason = "WriteNotWanted", Message = "Work was paused, or something else was wanted, before the disk was written: it was left as it is." };

    public static StepProblem DismissalNotWanted { get; } = ResetNotWanted with { Reason = "DismissalNotWanted", Message = "Work was paused, or something else was wanted, before the node was told to go: it was not told." };

    /// <summary>Null: the server may be wiped for the claim at this moment.</summary>
    public static StepProblem? Unpermitted(WipeGuard guard, ClaimId claim, DateTimeOffset now) =>
        guard.WhyNot(claim, now) is { } missing ? new(missing.Reason, missing.Message, Actors.Servers.Advice.GiveUp) { NothingDone = true } : null;

    public static string ReasonOf(RobotError error) => $"Robot{error}";

    public static StepProblem From(RobotFailure failure) => Of(failure) with { SaysNothingOfLogin = failure.Error is not (RobotError.Unauthorized or RobotError.Forbidden) };

    private static StepProblem Of(RobotFailure failure) => failure.Error switch
    {
        RobotError.Unauthorized => new("RobotCredentialsRefused", "Robot refused the user name or password. Correct the Secret; it is not tried again before it changes.", Actors.Servers.Advice.WaitForPerson),
        RobotError.RateLimited => new("RobotQuotaExhausted", Sentence(failure.ToString()), Actors.Servers.Advice.WaitForPerson, failure.RetryAfter),
        // Said of Robot as a whole and surely not carried out: no server is the worse for it, so no attempt is counted.
        RobotError.Maintenance or RobotError.Unreachable or RobotError.ForbiddenWithoutReason => new(ReasonOf(failure.Error), Sentence(failure.ToString()), Actors.Servers.Advice.WaitForPerson),
        // Nothing was changed, and it is Robot that is ill: a night of that must not use up the attempts of every server there is.
        RobotError.TimedOut or RobotError.ConnectionLost or RobotError.ServerError when !failure.ChangesSomething => new(ReasonOf(failure.Error), Sentence(failure.ToString()), Actors.Servers.Advice.WaitForPerson),
        _ => Classified(ReasonOf(failure.Error), failure.ToString(), failure.Retry, failure.RetryAfter),
    };

    public static StepProblem From(RescueFailure failure) => failure.Error switch
    {
        // Another boot or another system than the one that was proven: only the rescue system's own way leads on.
        RescueError.HostKeyChanged or RescueError.NotRescue or RescueError.AuthenticationRefused =>
            new($"Rescue{failure.Error}", Sentence(failure.ToString()), Actors.Servers.Advice.EnterRescueAgain),
        RescueError.WrongIdentity or RescueError.ForeignData or RescueError.DiskAmbiguous or RescueError.DiskNotFound or RescueError.DiskTooSmall or RescueError.WipeIncomplete =>
            new(failure.Error.ToString(), Sentence(failure.ToString()), Actors.Servers.Advice.GiveUp),
        _ => Classified($"Rescue{failure.Error}", failure.ToString(), failure.Retry, wait: null),
    };

    public static StepProblem From(TalosFailure failure) => failure.Error switch
    {
        TalosError.ConfigurationInvalid => new("ConfigurationInvalid", Sentence($"Talos refuses the machine configuration: {failure.Detail}"), Actors.Servers.Advice.GiveUp),
        _ => Classified($"Talos{failure.Error}", $"{failure.Error}: {failure.Detail}", failure.Retry, wait: null),
    };

    public static StepProblem From(MachineConfigFailure failure) =>
        new("ConfigurationUnusable", Sentence($"The machine configuration cannot be used: {failure.Detail}"), Actors.Servers.Advice.GiveUp);

    /// <summary>
    /// Steps only read from it, and no server is the worse for an API server that is away, or answers what it never should: it counts as no failure of theirs. At the usual pace, whatever pace it
    /// asks for, because each try that is told anew is one more write to it.
    /// </summary>
    public static StepProblem From(KubernetesFailure failure) => new($"Kubernetes{failure.Error}", Sentence(failure.Message), Actors.Servers.Advice.WaitForPerson);

    public ServerInput.Heard ToInput(EffectKey key) => Advice is { } advice
        ? new ServerInput.Heard.Refused(key, Reason, Message, advice, Wait)
        : new ServerInput.Heard.LeftUnknown(key, Message);

    private static StepProblem Classified(string reason, string message, RetryClass retry, TimeSpan? wait) => new(reason, Sentence(message), AdviceOf(retry), wait);

    private static Advice? AdviceOf(RetryClass retry) => retry switch
    {
        RetryClass.Never => Actors.Servers.Advice.GiveUp,
        RetryClass.AfterTime or RetryClass.WithBackoff => Actors.Servers.Advice.BackOff,
        RetryClass.NeedsHuman => Actors.Servers.Advice.WaitForPerson,
        RetryClass.Unknown => null,
    };

    /// <summary>On one line: nodes and tools answer with several, and conditions and logs are read in columns.</summary>
    private static string Sentence(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.EndsWith('.') ? line : line + ".";
    }
}
