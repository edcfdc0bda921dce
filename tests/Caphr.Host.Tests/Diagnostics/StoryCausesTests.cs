using Caphr.Actors.Servers;
using Caphr.Host.Diagnostics;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Diagnostics;

public sealed class StoryCausesTests
{
    private static readonly IReadOnlyDictionary<Type, string> s_speakForThemselves = new[] { typeof(ServerEvent.Released), typeof(ServerEvent.WaitEnded) }.ToDictionary(type => type, type => type.Name);

    /// <summary>What the journal of the first release holds is enough.</summary>
    [Fact]
    public void Every_event_of_a_whole_life_has_a_cause_unless_it_speaks_for_itself()
    {
        var silent = Told(FrozenStory.Servers[new ServerNumber(1001)]).Where(one => one.Because is null && !s_speakForThemselves.ContainsKey(one.Happened.GetType()));
        Assert.Empty(silent.Select(one => one.Happened.GetType().Name));
    }

    [Fact]
    public void A_repaired_server_is_told_with_the_request_the_step_and_the_person()
    {
        var at = FrozenStory.Start;
        var life = FrozenStory.Servers[new ServerNumber(1001)].TakeWhile(one => one is not ServerEvent.RescueIntended { Purpose: Purpose.Release });
        var story = Told(
        [
            .. life,
            new ServerEvent.RepairBegun(at, new RepairOrder("uid-of-request", RepairCause.HealthCheck, Resets: 2, TimeSpan.FromMinutes(10))),
            new ServerEvent.ResetIntended(at, at.AddMinutes(1)),
            new ServerEvent.ResetPressed(at, Known: true),
            new ServerEvent.NodeReturned(at, "v1.12.4"),
            new ServerEvent.RepairEnded(at, Returned: true),
            new ServerEvent.RequestAnswered(at, ServerRequest.PowerCycle, "2026-03-02 alice", Granted: true, "Its node is restarted."),
            new ServerEvent.RepairBegun(at, new RepairOrder("2026-03-02 alice", RepairCause.Person, Resets: 1, TimeSpan.FromMinutes(10))),
            new ServerEvent.ResetIntended(at, at.AddMinutes(1)),
        ]);

        const string Alice = "a person annotated the HetznerRobotHost with caphr.io/power-cycle=2026-03-02 alice";
        Assert.Equal(
            [
                ("Kubernetes", "the HetznerRobotRemediation with UID uid-of-request asks for it"),
                ("CAPHR", "the HetznerRobotRemediation with UID uid-of-request asks for it"),
                ("Robot", "of step …, press reset"),
                ("Talos", "of step …, await node"),
                ("CAPHR", "the health check took its request back"),
                ("CAPHR", Alice),
                ("a person", Alice),
                ("CAPHR", Alice),
            ],
            story.TakeLast(8).Select(one => (StoryWords.Who(one.Happened), System.Text.RegularExpressions.Regex.Replace(one.Because ?? "", @"\d+,", "…,"))));
    }

    private static IReadOnlyList<(ServerEvent Happened, string? Because)> Told(IEnumerable<ServerEvent> events)
    {
        var (state, last, told) = (ServerLifecycle.Start(new ServerNumber(1001)), (ServerEvent?)null, new List<(ServerEvent, string?)>());
        foreach (var happened in events)
        {
            told.Add((happened, StoryCauses.Of(state, last, happened)));
            (state, last) = (ServerEvolution.Evolve(state, happened), happened);
        }

        return told;
    }
}
