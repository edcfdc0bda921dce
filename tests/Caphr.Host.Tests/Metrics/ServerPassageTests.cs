using Caphr.Actors.Servers;
using Caphr.Host.Metrics;
using Caphr.Host.Tests.Control;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Metrics;

public sealed class ServerPassageTests : IDisposable
{
    private static readonly ServerNumber s_provisionedAndReleased = new(1001);
    private static readonly ServerNumber s_adoptedAndRepaired = new(1004);
    private static readonly ServerNumber s_inRescue = new(1003);

    private readonly MeasuredHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_server_is_measured_in_every_phase_in_which_something_is_under_way_when_it_leaves_it()
    {
        _host.Live(s_provisionedAndReleased);

        Assert.Equal(
            [
                ("Booting", 120), ("Claimed", 120), ("Configuring", 60), ("EnteringRescue", 300), ("InRescue", 240), ("Installing", 60), ("Joining", 60), ("Registered", 60), ("Releasing", 300),
            ],
            Sums("caphr_phase_duration_seconds", "phase"));
        Assert.All(_host.Samples("caphr_phase_duration_seconds_count"), line => Assert.EndsWith(" 1", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_phase_that_has_not_ended_is_not_measured()
    {
        _host.Live(s_inRescue);
        Assert.DoesNotContain(_host.Samples("caphr_phase_duration_seconds_count"), line => line.Contains("EnteringRescue", StringComparison.Ordinal));
    }

    [Fact]
    public void A_provision_counts_from_the_claim_and_a_release_from_its_beginning()
    {
        _host.Live(s_provisionedAndReleased);
        Assert.Contains("caphr_provision_duration_seconds_sum 960", _host.Samples("caphr_provision_duration_seconds"));
        Assert.Contains("caphr_release_duration_seconds_sum 300", _host.Samples("caphr_release_duration_seconds"));
    }

    [Fact]
    public void A_provision_that_began_before_this_replica_knew_the_server_is_measured_whole()
    {
        var events = FrozenStory.Servers[s_provisionedAndReleased];
        var joining = events.TakeWhile(happened => happened is not ServerEvent.NodeProven).Aggregate(ServerLifecycle.Start(s_provisionedAndReleased), ServerEvolution.Evolve);

        _host.Happens(joining, events.OfType<ServerEvent.NodeProven>().Single());

        Assert.Contains("caphr_provision_duration_seconds_sum 960", _host.Samples("caphr_provision_duration_seconds"));
        Assert.Equal([("Joining", 60)], Sums("caphr_phase_duration_seconds", "phase"));
    }

    [Fact]
    public void A_node_that_was_only_recognised_is_no_provision_and_one_that_was_put_into_quarantine_is_no_release()
    {
        _host.Live(s_adoptedAndRepaired);
        Assert.Empty(_host.Samples("caphr_provision_duration_seconds"));
        Assert.Empty(_host.Samples("caphr_release_duration_seconds"));
    }

    [Fact]
    public void Another_try_counts_from_when_it_was_asked_for()
    {
        var events = FrozenStory.Servers[s_provisionedAndReleased].TakeWhile(happened => happened is not ServerEvent.NodeProven).ToList();
        var joining = events.Aggregate(ServerLifecycle.Start(s_provisionedAndReleased), ServerEvolution.Evolve);
        var monday = FrozenStory.Start.AddDays(2);
        var plan = ((ServerState.Held)joining).Plan;

        var failed = _host.Happens(joining, new ServerEvent.GaveUp(FrozenStory.Start.AddMinutes(80), "JoinTimedOut", "It did not join."));
        var again = _host.Happens(failed, new ServerEvent.RetryAsked(monday, plan));

        Assert.Equal(monday, again.HeldSince);
        Assert.Equal(["caphr_failures_total{reason=\"JoinTimedOut\"} 1"], _host.Samples("caphr_failures_total"));
    }

    [Fact]
    public void Refusals_and_quarantines_are_counted_by_reason_and_resets_by_whether_the_answer_came()
    {
        _host.Measures.BeginAtZero();
        _host.Live(s_adoptedAndRepaired);

        Assert.Equal(["caphr_steps_refused_total{reason=\"LimitReached\"} 1"], _host.Samples("caphr_steps_refused_total"));
        Assert.Equal(["caphr_quarantines_total{reason=\"SystemDiskUnknown\"} 2"], _host.Samples("caphr_quarantines_total"));
        Assert.Equal(["caphr_resets_pressed_total{answer=\"confirmed\"} 1", "caphr_resets_pressed_total{answer=\"lost\"} 1"], _host.Samples("caphr_resets_pressed_total"));
        Assert.Empty(_host.Samples("caphr_failures_total"));
    }

    [Fact]
    public void What_a_person_wrote_on_an_object_is_no_label()
    {
        var start = _host.Happens(ServerLifecycle.Start(s_inRescue), new ServerEvent.Doubted(Objects.Now, "MyOwnWords", "Dead."), new ServerEvent.AccessGiven(Objects.Now, Robot: null));

        _host.Happens(start, new ServerEvent.Identified(Objects.Now, new ServerRecord("192.0.2.7", null, "AX52", "FSN1-DC14")), new ServerEvent.Quarantined(Objects.Now, "MyOwnWords", "Dead."));

        Assert.Equal(["caphr_quarantines_total{reason=\"Doubted\"} 1"], _host.Samples("caphr_quarantines_total"));
    }

    [Fact]
    public void A_phase_that_is_left_and_entered_again_with_one_breath_is_measured()
    {
        var repairing = FrozenStory.Servers[s_adoptedAndRepaired].TakeWhile(happened => happened is not ServerEvent.NodeReturned).Aggregate(ServerLifecycle.Start(s_adoptedAndRepaired), ServerEvolution.Evolve);
        var order = new RepairOrder("another", RepairCause.Person, Resets: 1, TimeSpan.FromMinutes(10));

        _host.Happens(repairing, new ServerEvent.RepairEnded(repairing.Since.AddMinutes(5), Returned: true), new ServerEvent.RepairBegun(repairing.Since.AddMinutes(5), order));

        Assert.Equal([("Remediating", 300)], Sums("caphr_phase_duration_seconds", "phase"));
    }

    [Fact]
    public void The_words_of_a_running_step_and_a_server_that_was_not_known_count_for_nothing()
    {
        var events = FrozenStory.Servers[s_provisionedAndReleased];
        var released = new ServerSnapshot(events.Aggregate(ServerLifecycle.Start(s_provisionedAndReleased), ServerEvolution.Evolve), Note: null);

        ServerPassage.Measure(_host.Measures, before: null, new ServerChanged(released, [events[^1]]));
        ServerPassage.Measure(_host.Measures, ServerLifecycle.Start(s_provisionedAndReleased), new ServerChanged(released, []));

        Assert.DoesNotContain(_host.Page().Split('\n'), line => line.Length > 0 && line[0] != '#');
    }

    private IEnumerable<(string Label, double Sum)> Sums(string metric, string label) =>
        from line in _host.Samples($"{metric}_sum")
        let rest = line[$"{metric}_sum{{{label}=\"".Length..].Split("\"} ")
        select (rest[0], double.Parse(rest[1], System.Globalization.CultureInfo.InvariantCulture));
}
