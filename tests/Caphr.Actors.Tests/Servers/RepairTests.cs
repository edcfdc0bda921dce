using Caphr.Actors.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>A node that is not well: how often it is reset, how long it gets, and what comes after.</summary>
public sealed class RepairTests
{
    private static readonly TimeSpan s_tooLong = TimeSpan.FromMinutes(11);

    private readonly Life _life = new Life().Until<ServerState.Provisioned>();

    private int Resets => _life.Events.OfType<ServerEvent.ResetIntended>().Count() - 1;

    private void Late() => _life.After(s_tooLong, new DeadlineCame());

    /// <summary>Nothing stands in the way, and the reset is pressed.</summary>
    private void Press()
    {
        Assert.IsType<ServerEffect.PrepareReset>(_life.Effect);
        _life.Answer();
        Assert.IsType<ServerEffect.PressReset>(_life.Effect);
        _life.Answer();
    }

    [Fact]
    public void A_sick_node_is_reset_once_and_then_given_its_time()
    {
        _life.Wish(Life.Sick);
        Press();
        var watching = Assert.IsType<ServerEffect.AwaitNode>(_life.Effect);

        for (var again = 0; again < 5; again++) _life.Wish(Life.Sick);
        _life.Hear(new DeadlineCame());

        Assert.Equal(1, Resets);
        Assert.Equal(ServerPhase.Remediating, _life.State.Phase);
        // What the old system says in its last seconds is not the node's return.
        Assert.Equal(Life.Repair.Wait - Limits.LastGasp, _life.State.Deadline - watching.NotBefore);
    }

    [Fact]
    public void A_reset_for_a_repair_starts_the_nodes_own_system_and_needs_no_permit()
    {
        var guard = new WipeGuard(NeedsPermit: true, Permit: null);
        _life.Wish(Life.Sick with { Provision = Life.Plan with { Guard = guard, Quorum = new QuorumQuestion(Life.Plan.TalosSecrets, ["127.0.0.9"], Others: 1) } });
        Assert.Equal("127.0.0.9", Assert.Single(Assert.IsType<ServerEffect.PrepareReset>(_life.Effect).Quorum!.Peers));
        _life.Answer();

        var press = Assert.IsType<ServerEffect.PressReset>(_life.Effect);
        Assert.Equal((Purpose.Repair, WipeGuard.None), (press.Purpose, press.Guard));
        Assert.Equal("127.0.0.9", Assert.Single(press.Quorum!.Peers));
    }

    [Fact]
    public void A_node_that_is_well_again_is_provisioned_as_before()
    {
        var before = Assert.IsType<ServerState.Provisioned>(_life.State);
        _life.Wish(Life.Sick);
        Press();
        _life.Hear(new Heard.NodeProven(_life.Key, "v1.12.4"));
        Assert.Equal(RepairStage.Returned, Assert.IsType<ServerState.Repairing>(_life.State).Stage);

        _life.Wish(Life.Wanted);

        var after = Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.Equal((before.Plan, before.Installed, before.TalosVersion), (after.Plan, after.Installed, after.TalosVersion));
        Assert.DoesNotContain(_life.Events.Skip(15), happened => happened is ServerEvent.RescueIntended or ServerEvent.InstallIntended or ServerEvent.WipeIntended);
    }

    [Fact]
    public void The_same_request_is_not_carried_out_twice()
    {
        _life.Wish(Life.Sick);
        Press();
        _life.Wish(Life.Wanted);

        Assert.Empty(_life.Hear(new WishObserved(Life.Sick)).Events);
        Assert.NotEmpty(_life.Hear(new WishObserved(Life.Sick with { Repair = Life.Repair with { Id = "another" } })).Events);
    }

    [Fact]
    public void When_no_reset_helps_the_rescue_system_is_asked_once_and_the_machine_is_given_up()
    {
        _life.Wish(Life.Sick);
        Press();
        Late();
        Press();
        Assert.Equal(2, Resets);
        Late();
        Assert.Equal(Purpose.Diagnose, Assert.IsType<ServerState.EnteringRescue>(_life.State).Purpose);
        _life.Until<ServerState.Failed>();

        var failed = Assert.IsType<ServerState.Failed>(_life.State);
        Assert.Equal((ServerPhase.Remediating, "NodeNotHealed"), (failed.In, failed.Reason));
        Assert.Equal(3, Resets);
        Assert.Null(_life.Effect);
        Assert.DoesNotContain(_life.Events, happened => happened is ServerEvent.WipeIntended);
    }

    [Fact]
    public void A_diagnosis_names_the_system_disk_that_is_gone()
    {
        GiveUp();
        var hardware = Life.Hardware(Life.Disk with { Serial = "other" });

        _life.Hear(new Heard.RescueProven(_life.Key, hardware));

        Assert.Contains("S1", Assert.IsType<ServerState.Failed>(_life.State).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_diagnosis_that_reaches_no_rescue_system_costs_one_reset()
    {
        _life.Wish(Life.Sick);
        Press();
        Late();
        Press();
        Late();
        _life.Answer();
        _life.Answer();
        _life.After(Limits.RescueTimeout, new DeadlineCame());

        Assert.Equal("HardwareSilent", Assert.IsType<ServerState.Failed>(_life.State).Reason);
        Assert.Equal(3, Resets);
    }

    [Fact]
    public void A_server_that_could_not_be_repaired_is_wiped_and_then_offered_to_nobody()
    {
        GiveUp();
        _life.Answer();
        _life.Release().Until<ServerState.Quarantined>();

        Assert.Equal("NodeNotHealed", Assert.IsType<ServerState.Quarantined>(_life.State).Reason);
        Assert.True(Assert.Single(_life.Events.OfType<ServerEvent.Released>()).Wiped);
        Assert.Equal(Life.Disk.Serial, _life.State.LastWipe!.Disk.Serial);
    }

    [Fact]
    public void Another_try_after_a_failed_repair_restarts_the_node_and_never_installs_it_anew()
    {
        GiveUp();
        _life.Answer();
        var before = _life.Events.Count;

        _life.Wish(Life.Wanted with { Provision = Life.Plan with { RetryToken = "now" } });
        Press();
        _life.Hear(new Heard.NodeProven(_life.Key, "v1.12.4"));

        Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.Null(_life.State.Doubt);
        Assert.DoesNotContain(_life.Events.Skip(before), happened => happened is ServerEvent.RescueIntended or ServerEvent.InstallIntended);
    }

    [Fact]
    public void Another_try_while_the_health_check_still_asks_gives_the_node_time_to_be_found_well()
    {
        GiveUp();
        _life.Answer();
        var pressed = Resets;

        _life.Wish(Life.Sick with { Provision = Life.Plan with { RetryToken = "now" } });
        Press();
        _life.Hear(new Heard.NodeProven(_life.Key, "v1.12.4"));
        for (var again = 0; again < 3; again++) _life.Wish(Life.Sick with { Provision = Life.Plan with { RetryToken = "now" } });

        Assert.Equal(RepairStage.Returned, Assert.IsType<ServerState.Repairing>(_life.State).Stage);
        Assert.Equal(pressed + 1, Resets);
        _life.Wish(Life.Wanted with { Provision = Life.Plan with { RetryToken = "now" } });
        Assert.IsType<ServerState.Provisioned>(_life.State);
    }

    [Fact]
    public void A_try_that_brings_no_node_back_leaves_the_server_as_doubtful_as_it_was()
    {
        GiveUp();
        _life.Answer();
        var doubt = _life.State.Doubt;
        Assert.NotNull(doubt);

        _life.Wish(Life.Wanted with { Provision = Life.Plan with { RetryToken = "now" } });
        Press();
        _life.After(Limits.BootTimeout, new DeadlineCame());

        Assert.Equal(doubt, _life.State.Doubt);
        _life.Release().Until<ServerState.Quarantined>();
    }

    [Fact]
    public void A_machine_that_is_deleted_while_it_is_repaired_is_released()
    {
        _life.Wish(Life.Sick);
        _life.Answer();
        // Whether the reset was pressed must be heard first.
        Assert.Empty(_life.Hear(new WishObserved(Life.Released)).Events);
        _life.Answer();
        _life.Wish(Life.Released);

        Assert.Equal(Purpose.Release, Assert.IsType<ServerState.EnteringRescue>(_life.State).Purpose);
    }

    [Fact]
    public void A_lost_answer_to_the_reset_is_not_followed_by_another_reset()
    {
        _life.Wish(Life.Sick);
        _life.Answer();
        _life.Hear(new Heard.LeftUnknown(_life.Key, "The connection was cut."));
        _life.Hear(new Recovered());
        _life.After(Limits.LeastBoot, new DeadlineCame());

        Assert.Equal(1, Resets);
        Assert.Equal(RepairStage.Watching, Assert.IsType<ServerState.Repairing>(_life.State).Stage);
    }

    [Fact]
    public void A_crash_right_after_the_intent_is_a_reset_that_may_have_been_pressed()
    {
        _life.Wish(Life.Sick);
        _life.Answer();
        _life.Hear(new Recovered());

        Assert.False(_life.Events.OfType<ServerEvent.ResetPressed>().Last().Known);
        Assert.IsType<ServerEffect.AwaitNode>(_life.Effect);
    }

    [Fact]
    public void Hardware_gets_five_minutes_whatever_the_request_allows()
    {
        _life.Wish(Life.Sick with { Repair = Life.Repair with { Patience = TimeSpan.FromMinutes(1) } });
        Press();
        Assert.Empty(_life.After(TimeSpan.FromMinutes(4), new DeadlineCame()).Events);

        Assert.NotEmpty(_life.After(TimeSpan.FromMinutes(1), new DeadlineCame()).Events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_machine_that_is_installed_or_held_back_is_not_reset(bool installing)
    {
        var life = installing ? new Life().Until<ServerState.Installing>() : _life;
        var before = life.Events.OfType<ServerEvent.ResetIntended>().Count();

        life.Wish(Life.Sick with { Hold = new HoldBack("LimitReached", "Later.") });

        Assert.Equal(before, life.Events.OfType<ServerEvent.ResetIntended>().Count());
        Assert.DoesNotContain(life.Events, happened => happened is ServerEvent.RepairBegun);
    }

    [Fact]
    public void What_a_repair_waited_for_is_forgotten_with_its_request()
    {
        _life.Wish(Life.Sick with { Hold = new HoldBack("LimitReached", "Later.") });
        Assert.Equal("LimitReached", _life.State.Trouble!.Reason);

        _life.Wish(Life.Wanted);

        Assert.Null(_life.State.Trouble);
    }

    [Fact]
    public void A_person_restarts_a_node_with_one_reset_and_one_answer()
    {
        var wish = Life.Wanted with { Requests = StandingRequests.None with { PowerCycle = "monday" } };
        _life.Wish(wish);
        Press();
        _life.Hear(new Heard.NodeProven(_life.Key, "v1.12.4"));
        _life.Wish(wish);

        Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.Equal(1, Resets);
        Assert.True(Assert.Single(_life.Events.OfType<ServerEvent.RequestAnswered>()).Granted);
    }

    [Fact]
    public void A_node_that_does_not_come_back_from_a_persons_restart_stays_theirs()
    {
        _life.Wish(Life.Wanted with { Requests = StandingRequests.None with { PowerCycle = "monday" } });
        Press();
        _life.After(Limits.BootTimeout, new DeadlineCame());

        Assert.False(Assert.Single(_life.Events.OfType<ServerEvent.RepairEnded>()).Returned);
        Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.Equal(1, Resets);
    }

    [Fact]
    public void A_restart_asked_for_before_the_journal_knew_the_server_is_declined_for_good()
    {
        var life = new Life();
        var wish = Life.Idle with { Provision = Life.Plan with { AlreadyNode = true }, Requests = StandingRequests.None with { PowerCycle = "last year" } };
        life.Wish(wish);
        // As the actor does after every change.
        life.Wish(wish);
        Assert.False(Assert.Single(life.Events.OfType<ServerEvent.RequestAnswered>()).Granted);
        for (var step = 0; step < 6; step++)
        {
            life.Wish(wish);
            if (life.Effect is not null) life.Answer();
        }

        life.Wish(wish);

        Assert.IsType<ServerState.Provisioned>(life.State);
        Assert.DoesNotContain(life.Events, happened => happened is ServerEvent.ResetIntended);
    }

    [Fact]
    public void A_node_that_is_well_before_its_reset_may_be_pressed_is_not_reset()
    {
        _life.Wish(Life.Sick);
        _life.Hear(new Heard.Refused(_life.Key, "QuorumAtRisk", "Not now.", Advice.WaitForPerson));
        _life.Hear(new Recovered());
        _life.Wish(Life.Wanted);

        Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.Equal(0, Resets);
    }

    [Fact]
    public void A_press_that_was_surely_refused_is_not_taken_for_one_that_may_have_happened()
    {
        _life.Wish(Life.Sick);
        _life.Answer();
        _life.Hear(new Heard.Refused(_life.Key, "QuorumAtRisk", "Not now.", Advice.WaitForPerson));
        _life.Hear(new Recovered());
        Assert.Equal((RepairStage.Preparing, 0), (Repairing.Stage, Repairing.Tally.Resets));

        _life.Wish(Life.Released);
        Assert.Equal(Purpose.Release, Assert.IsType<ServerState.EnteringRescue>(_life.State).Purpose);
    }

    [Fact]
    public void A_node_that_returns_late_gets_its_time_to_be_found_well()
    {
        _life.Wish(Life.Sick);
        Press();
        _life.After(TimeSpan.FromMinutes(9), new Heard.NodeProven(_life.Key, "v1.12.4"));

        Assert.Empty(_life.After(TimeSpan.FromMinutes(4), new DeadlineCame()).Events);
        Assert.NotEmpty(_life.After(TimeSpan.FromMinutes(1), new DeadlineCame()).Events);
    }

    [Fact]
    public void A_diagnosis_asks_for_the_quorum_as_well_and_ends_when_the_node_is_well_after_all()
    {
        var quorum = new QuorumQuestion(Life.Plan.TalosSecrets, [], Others: 2);
        _life.Wish(Life.Sick with { Provision = Life.Plan with { Quorum = quorum } });
        Press();
        Late();
        Press();
        Late();
        _life.Wish(Life.Wanted with { Provision = Life.Plan with { Quorum = quorum } });
        Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.Equal(2, Resets);
    }

    [Fact]
    public void A_restart_that_robot_refuses_leaves_the_node_as_it_was()
    {
        _life.Wish(Life.Wanted with { Requests = StandingRequests.None with { PowerCycle = "monday" } });
        _life.Answer();
        _life.Hear(new Heard.Refused(_life.Key, "ResetNotOffered", "No button.", Advice.GiveUp));

        Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.Null(_life.State.Doubt);
    }

    private ServerState.Repairing Repairing => Assert.IsType<ServerState.Repairing>(_life.State);

    private void GiveUp()
    {
        _life.Wish(Life.Sick);
        Press();
        Late();
        Press();
        Late();
        _life.Until<ServerState.InRescue>();
    }
}
