using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Host.Effects;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Why a call to Robot was not made, in the lifecycle's words.</summary>
internal static class RobotProblems
{
    public static StepProblem CredentialsRejected { get; } =
        StepProblem.From(new RobotFailure { Error = RobotError.Unauthorized, Method = HttpMethod.Get, Template = "" }) with { NothingDone = true };

    public static StepProblem Full { get; } = NotAsked("RobotBusy", "Too many calls wait for this Robot account already.");

    public static StepProblem LedgerUnavailable(string why) =>
        NotAsked("RobotLedgerUnavailable", $"Robot is not asked, because how much of its quota is used cannot be looked up: {why}");

    /// <param name="present">What keeps the call from being made, if it is not only that others came first.</param>
    public static StepProblem TooLate(RobotQuota quota, TimeSpan waited, Closure? present) => present is null
        ? NotAsked("RobotBusy", Invariant($"Robot has not been asked within {waited.TotalMinutes:0} minutes, because other calls of this account came first."))
        : Closed(quota, present, now: null);

    /// <summary>It is known already that the turn will not come in time.</summary>
    public static StepProblem Closed(RobotQuota quota, Closure closure, DateTimeOffset? now)
    {
        var wait = now is { } from && closure.Until is { } until ? until - from : (TimeSpan?)null;
        return closure.Why switch
        {
            Robot.Closed.BudgetSpent or Robot.Closed.RateLimited => NotAsked("RobotQuotaExhausted", $"{Sentence(quota.Name, closure)}.", wait),
            Robot.Closed.ForbiddenWithoutReason => NotAsked("RobotForbiddenWithoutReason", $"{Sentence(quota.Name, closure)}.", wait),
            // Over, or found to last, within a minute. Without a time the sentence stays the same, and the journal of every server need not hold each of them.
            _ => NotAsked($"Robot{closure.Why}", $"{Sentence(quota.Name, closure with { Until = null })}."),
        };
    }

    public static string Sentence(string? quota, Closure closure)
    {
        var until = closure.Until is { } end ? Invariant($" until {end:u}") : "";
        return closure.Why switch
        {
            Robot.Closed.BudgetSpent => $"{quota} is not called{until}, because what CAPHR allows itself of Robot's quota is used up",
            Robot.Closed.RateLimited => $"{quota} is not called{until}, because Robot says that its quota is used up",
            Robot.Closed.ForbiddenWithoutReason => $"{quota} is not called{until}, because Robot answered 403 without a reason, as it does to blocked addresses",
            Robot.Closed.Maintenance => $"Robot is closed for maintenance; it is not called{until}",
            Robot.Closed.Unreachable => $"Robot does not answer; it is not called{until}",
            Robot.Closed.LoginBeingTried => "Another replica is trying this login",
            Robot.Closed.LedgerUnavailable => "How much of Robot's quota is used cannot be looked up",
            Robot.Closed.CredentialsRejected => "Robot refused the user name or password",
        };
    }

    /// <summary>Nothing changes until the account does, and that is no fault of the server that waits: no attempt is counted.</summary>
    private static StepProblem NotAsked(string reason, string message, TimeSpan? wait = null) =>
        new(reason, message, Advice.WaitForPerson, wait) { NothingDone = true, SaysNothingOfLogin = true };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
