namespace Caphr.Host.Robot;

/// <summary>Whether Robot can be worked with, as the condition RobotReachable shows it.</summary>
internal sealed record RobotReach(string Status, string Reason, string Message)
{
    /// <summary>A single endpoint that is used up leaves Robot reachable: the reason tells all the same, because work waits for it.</summary>
    public static RobotReach? Of(RobotReport? report)
    {
        if (report is null) return null;
        if (report.Whole is { } whole) return new RobotReach("False", Word(whole.Why), $"{RobotProblems.Sentence(quota: null, whole)}.");
        var closed = report.Endpoints.Where(endpoint => endpoint.Closed is not null).ToList();
        if (closed.Count == 0) return report.Calls == 0 ? null : new RobotReach("True", "RobotReachable", "");
        var sentences = closed.Select(endpoint => $"{RobotProblems.Sentence(endpoint.Name, endpoint.Closed!)}.");
        return new RobotReach("True", Word(closed[0].Closed!.Why), string.Join(' ', sentences));
    }

    private static string Word(Closed why) => why switch
    {
        Closed.BudgetSpent or Closed.RateLimited => "RateLimited",
        Closed.ForbiddenWithoutReason => "ForbiddenWithoutReason",
        Closed.Maintenance => "Maintenance",
        Closed.Unreachable => "Unreachable",
        Closed.LoginBeingTried => "LoginBeingTried",
        Closed.LedgerUnavailable => "LedgerUnavailable",
        Closed.CredentialsRejected => "CredentialsRejected",
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, "No reason is known for this."),
    };
}
