using Caphr.Host.Robot;
using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Protocols.Robot;

namespace Caphr.Simulation.Tests.Runs.Fleets;

/// <summary>What the world itself has written down of a fleet that was provisioned.</summary>
/// <param name="Presses">Every reset of the account, in its order.</param>
/// <param name="Calls">Every call to Robot, since apply.</param>
internal sealed record FleetStory(IReadOnlyList<Passage> Passages, IReadOnlyList<TimeSpan> Presses, IReadOnlyList<RobotUse> Calls)
{
    private static readonly RobotQuota s_resets = RobotQuota.Of(HttpMethod.Post, "/reset/{server}");

    /// <summary>What Robot allows.</summary>
    public ResetQuota Whole { get; init; } = new(s_resets.PerHour);

    /// <summary>What CAPHR takes of it for new nodes.</summary>
    public ResetQuota Share { get; init; } = new(new Budget(Budget.DefaultReserve).Allowance(s_resets, RobotLane.Provision));

    public TimeSpan Makespan => Passages.Max(passage => passage.Provisioned);

    /// <param name="ledger">All that happened to the servers.</param>
    /// <param name="provisioned">When each server's machine was.</param>
    /// <param name="requests">All that Robot was asked.</param>
    /// <param name="applied">What the clocks showed at apply.</param>
    public static FleetStory From(IReadOnlyList<LedgerEntry> ledger, IReadOnlyDictionary<int, TimeSpan> provisioned, IEnumerable<RobotRequest> requests, DateTimeOffset applied)
    {
        var byServer = ledger.ToLookup(entry => entry.Server);
        return new FleetStory(
            [.. provisioned.Select(one => Passage.From([.. byServer[one.Key]], one.Value))],
            [.. ledger.Where(entry => entry.Fact == Fact.ResetPressed).Select(entry => entry.World)],
            [.. requests.Select(request => new RobotUse(request.At - applied, request.Method, request.Template, request.Status))]);
    }

    /// <summary>
    /// What each took beyond its hardware, from the moment at which its reset could have been pressed: apply, or an hour after that one before it which
    /// had to leave the hour for it. First until the reset, then from there on.
    /// </summary>
    public IEnumerable<(TimeSpan UntilReset, TimeSpan After)> Overheads()
    {
        var possible = Presses.Zip(Share.Possible(Presses)).ToLookup(press => press.First, press => press.Second);
        return Passages.Select(passage => (passage.Pressed - possible[passage.Pressed].First(), passage.Provisioned - passage.Pressed - passage.Hardware));
    }
}

/// <summary>A call to Robot.</summary>
internal sealed record RobotUse(TimeSpan At, HttpMethod Method, string Template, int? Status);
