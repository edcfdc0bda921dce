using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;

namespace Caphr.Actors.Tests.Allocation;

/// <summary>Servers and Machines for the tests of the choice.</summary>
internal static class Pool
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public static HostOffer Host(int number, string? role = null, ServerPhase phase = ServerPhase.Available, string? takenBy = null, string? domain = null) => new(
        new ServerNumber(number),
        new ObjectName("metal", $"node{number}"),
        role is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["role"] = role },
        phase,
        takenBy,
        Maintenance: false,
        Deleting: false)
    {
        FailureDomain = domain,
    };

    public static WaitingMachine Machine(string name, int waits = 0, string? hostRef = null, string? role = null) => new(
        new ClaimId("uid-" + name),
        new ObjectName("metal", name),
        s_now.AddSeconds(-waits),
        hostRef,
        role is null ? null : new HostSelector(new Dictionary<string, string> { ["role"] = role }, []));

    /// <summary>Which server each Machine gets, those that get none left out.</summary>
    public static Dictionary<string, int> Given(IReadOnlyList<Allotment> allotments) =>
        allotments.OfType<Allotment.Granted>().ToDictionary(granted => granted.For.Machine.Name, granted => granted.Host.Number.Value);

    public static string WhyNothing(WaitingMachine machine, params HostOffer[] offers) => Assert.IsType<Allotment.Nothing>(Assert.Single(Allocator.Assign([machine], offers))).Why;
}
