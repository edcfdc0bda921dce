using Caphr.Actors.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

public sealed class ServerLifecycleTests
{
    private readonly Life _life = new();

    [Fact]
    public void A_server_goes_from_its_number_to_a_proven_node_with_one_reset_and_one_write()
    {
        _life.Until<ServerState.Provisioned>();

        Assert.Equal(
            [
                typeof(ServerEvent.AccessGiven), typeof(ServerEvent.Identified), typeof(ServerEvent.ClaimAccepted), typeof(ServerEvent.RescueIntended),
                typeof(ServerEvent.ResetIntended), typeof(ServerEvent.ResetPressed), typeof(ServerEvent.RescueReached), typeof(ServerEvent.HardwareSeen), typeof(ServerEvent.InstallIntended),
                typeof(ServerEvent.ImageWritten), typeof(ServerEvent.RescueLeft), typeof(ServerEvent.MaintenanceReached),
                typeof(ServerEvent.ConfigurationAccepted), typeof(ServerEvent.NodeProven),
            ],
            _life.Events.Select(happened => happened.GetType()));
    }

    [Fact]
    public void A_claim_without_a_machine_configuration_touches_nothing()
    {
        _life.Until<ServerState.Available>();

        var decision = _life.Hear(new WishObserved(Life.Idle with { Provision = Life.Plan with { Bootstrap = null } }));

        Assert.IsType<ServerEvent.ClaimAccepted>(Assert.Single(decision.Events));
        Assert.IsType<ServerState.Claimed>(_life.State);
        Assert.Null(_life.Effect);
    }

    [Fact]
    public void A_claim_that_has_ended_is_not_taken_up_again_by_a_late_view_of_it()
    {
        _life.Until<ServerState.Provisioned>().Release();
        _life.Until<ServerState.Available>();

        Assert.Empty(_life.Hear(new WishObserved(Life.Wanted)).Events);
        Assert.Empty(_life.Hear(new WishObserved(Life.Idle with { Provision = Life.Plan with { AlreadyNode = true } })).Events);
        Assert.NotEmpty(_life.Hear(new WishObserved(Life.Idle with { Provision = Life.Plan with { Claim = new ClaimId("uid-2") } })).Events);
    }

    [Fact]
    public void What_the_configuration_itself_says_is_told_once_and_survives_the_journal()
    {
        _life.Until<ServerState.Configuring>();

        var told = _life.Hear(new Heard.ConfigurationAccepted(_life.Key) { Kept = ["machine.network.hostname"] });

        var accepted = Assert.IsType<ServerEvent.ConfigurationAccepted>(Assert.Single(told.Events));
        Assert.Equal(["machine.network.hostname"], accepted.Kept);
        var entry = ServerEvents.Codec.Encode(accepted, accepted.At);
        Assert.Equal(accepted, ServerEvents.Codec.Decode(entry));
        Assert.Empty(Assert.IsType<ServerEvent.ConfigurationAccepted>(ServerEvents.Codec.Decode(entry with { Payload = """{"at":"2026-03-01T03:00:00Z","until":"2026-03-01T04:00:00Z"}""" })).Kept);
    }

    [Fact]
    public void A_reset_whose_answer_was_lost_is_never_pressed_again()
    {
        _life.Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Pressing);

        _life.Hear(new Heard.LeftUnknown(_life.Key, "no answer"));

        Assert.IsType<ServerEffect.AwaitRescue>(_life.Effect);
    }

    [Fact]
    public void A_crash_between_the_intent_of_a_reset_and_its_answer_is_treated_as_a_lost_answer()
    {
        _life.Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Pressing);

        _life.Hear(new Recovered());

        Assert.IsType<ServerEffect.AwaitRescue>(_life.Effect);
        Assert.Single(_life.Events.OfType<ServerEvent.ResetIntended>());
    }

    [Fact]
    public void A_rescue_that_never_comes_spends_three_resets_and_then_says_so()
    {
        _life.Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Awaiting);
        for (var i = 0; i < 10 && _life.State is not ServerState.Failed; i++)
        {
            _life.After(Limits.RescueTimeout, new DeadlineCame());
            _life.Hear(new Heard.RescueArmed(_life.Key));
            _life.Hear(new Heard.ResetPressed(_life.Key));
        }

        var failed = Assert.IsType<ServerState.Failed>(_life.State);
        Assert.Equal("RescueNotReached", failed.Reason);
        Assert.Equal(Limits.Resets, _life.Events.OfType<ServerEvent.ResetIntended>().Count());
    }

    [Fact]
    public void A_deadline_of_an_earlier_phase_changes_nothing()
    {
        _life.Until<ServerState.Installing>();

        Assert.Empty(_life.Hear(new DeadlineCame()).Events);
    }

    [Fact]
    public void A_writer_that_was_lost_from_sight_is_asked_for_again_by_its_own_name()
    {
        _life.Until<ServerState.Installing>();
        var begun = Assert.IsType<ServerEffect.InstallImage>(_life.Effect);

        _life.Hear(new Heard.LeftUnknown(_life.Key, "The connection was cut."));
        _life.Hear(new Heard.Refused(_life.Key, "RescueBusy", "The disks are being written.", Advice.BackOff));
        _life.Hear(new WishObserved(Life.Wanted with { Paused = true }));
        _life.Hear(new WishObserved(Life.Wanted));

        var later = Assert.IsType<ServerEffect.InstallImage>(_life.Effect);
        Assert.NotEqual(begun.Key, later.Key);
        Assert.Equal(begun.Attempt, later.Attempt);
        Assert.Single(_life.Events, happened => happened is ServerEvent.InstallIntended);
    }

    [Fact]
    public void A_writer_that_says_it_failed_is_followed_by_another_until_it_was_tried_often_enough()
    {
        _life.Until<ServerState.Installing>();
        var until = ((ServerState.Working)_life.State).Until;
        List<int> attempts = [];
        while (_life.Effect is ServerEffect.InstallImage install)
        {
            attempts.Add(install.Attempt);
            Assert.Equal(attempts.Count - 1, _life.State.Trouble?.Failures ?? 0);
            Assert.Equal(_life.State.Trouble?.RetryAt, install.NotBefore);
            Assert.Equal(until, ((ServerState.Working)_life.State).Until);
            _life.Hear(new Heard.WriteFailed(_life.Key, "InstallDownloadFailed", "The image was not written."));
        }

        Assert.Equal(Limits.StepFailures + 1, attempts.Distinct().Count());
        var failed = Assert.IsType<ServerState.Failed>(_life.State);
        Assert.Equal(("InstallDownloadFailed", $"The image was not written. This was tried {Limits.StepFailures + 1} times."), (failed.Reason, failed.Message));
    }

    [Fact]
    public void A_writer_that_never_ends_is_left_behind_when_its_time_is_over()
    {
        _life.Until<ServerState.Installing>();
        Assert.Empty(_life.After(Limits.InstallTimeout - TimeSpan.FromMinutes(1), new DeadlineCame()).Events);

        var overdue = _life.After(TimeSpan.FromMinutes(1), new DeadlineCame());

        Assert.Contains(overdue.Events, happened => happened is ServerEvent.StepRefused { Reason: "InstallTimedOut" });
        Assert.IsType<ServerState.EnteringRescue>(_life.State);
        Assert.IsNotType<ServerEffect.InstallImage>(_life.Effect);
    }

    [Fact]
    public void A_paused_server_starts_nothing_and_loses_no_time()
    {
        _life.Until<ServerState.Installing>();
        var until = ((ServerState.Working)_life.State).Until;

        _life.Hear(new WishObserved(Life.Wanted with { Paused = true }));
        Assert.Null(_life.Effect);
        Assert.Empty(_life.After(TimeSpan.FromHours(3), new DeadlineCame()).Events);

        var resumed = _life.Hear(new WishObserved(Life.Wanted));
        Assert.IsType<ServerEffect.InstallImage>(resumed.Effect);
        Assert.Equal(until + TimeSpan.FromHours(3) + TimeSpan.FromSeconds(1), ((ServerState.Working)_life.State).Until);
    }

    [Fact]
    public void A_machine_that_is_a_node_already_is_recognised_and_neither_reset_nor_written()
    {
        _life.Until<ServerState.Available>();

        _life.Hear(new WishObserved(Life.Idle with { Provision = Life.Plan with { AlreadyNode = true } }));
        Assert.IsType<ServerEffect.AwaitNode>(_life.Effect);
        _life.Hear(new Heard.NodeProven(_life.Key, "v1.12.4"));

        Assert.IsType<ServerState.Provisioned>(_life.State);
        Assert.DoesNotContain(_life.Events, happened => happened is ServerEvent.RescueIntended or ServerEvent.ResetIntended or ServerEvent.InstallIntended);
    }

    [Fact]
    public void Trying_an_adopted_node_again_means_looking_again_and_never_installing()
    {
        _life.Until<ServerState.Available>();
        var adopted = Life.Plan with { AlreadyNode = true };
        _life.Hear(new WishObserved(Life.Idle with { Provision = adopted }));
        for (var i = 0; i < 3 * Limits.StepFailures; i++) _life.Hear(new Heard.Refused(_life.Key, "KubernetesUnreachable", "No answer.", Advice.BackOff));
        Assert.IsType<ServerState.Joining>(_life.State);

        _life.Hear(new Heard.Refused(_life.Key, "TalosNotImplemented", "No.", Advice.GiveUp));
        _life.Hear(new WishObserved(Life.Idle with { Provision = adopted with { RetryToken = "again" } }));

        Assert.IsType<ServerEffect.AwaitNode>(_life.Effect);
        Assert.Empty(_life.Events.OfType<ServerEvent.RescueIntended>());
    }

    [Fact]
    public void A_node_this_journal_never_saw_is_taken_over_before_it_is_released()
    {
        _life.Until<ServerState.Available>();

        _life.Hear(new WishObserved(Life.Released with { Provision = Life.Plan with { AlreadyNode = true } }));

        Assert.IsType<ServerState.Joining>(_life.State);
        Assert.Null(Assert.IsType<ServerEvent.ClaimAdopted>(_life.Events[^1]).Plan.RetryToken);
    }

    [Fact]
    public void A_claim_that_was_released_is_not_taken_up_again_while_its_Machine_goes()
    {
        _life.Until<ServerState.Provisioned>().Release();
        _life.Until<ServerState.Available>();

        Assert.Empty(_life.Hear(new WishObserved(Life.Released with { Provision = Life.Plan with { AlreadyNode = true } })).Events);
        Assert.Empty(_life.Hear(new WishObserved(Life.Released with { Provision = Life.Plan })).Events);
    }

    [Fact]
    public void The_rescue_boot_that_is_being_left_is_not_taken_for_the_next_one()
    {
        _life.Until<ServerState.Provisioned>().Release();
        _life.Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Awaiting);

        Assert.Equal(Life.Boot.HostKey, Assert.IsType<ServerEffect.AwaitRescue>(_life.Effect).Left);
    }

    [Fact]
    public void A_reset_that_had_to_wait_for_Robot_gets_its_full_boot_time()
    {
        _life.Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Pressing);
        _life.After(Limits.RescueTimeout * 3, new Heard.ResetPressed(_life.Key));

        Assert.Empty(_life.Hear(new DeadlineCame()).Events);
    }

    [Fact]
    public void A_release_that_failed_before_there_was_a_quarantine_is_tried_again_when_a_person_asks()
    {
        _life.Until<ServerState.Provisioned>().Release();
        _life.Replay(new ServerEvent.GaveUp(_life.Now, "BootNotAvailable", "No."));
        Assert.IsType<ServerState.Failed>(_life.State);
        Assert.Empty(_life.Hear(new WishObserved(Life.Released)).Events);

        _life.Hear(new WishObserved(Life.Released with { ReleaseRetryToken = "again" }));

        Assert.Equal(Purpose.Release, Assert.IsType<ServerState.EnteringRescue>(_life.State).Purpose);
        Assert.Empty(_life.Hear(new WishObserved(Life.Released with { ReleaseRetryToken = "again" })).Events);
    }

    [Fact]
    public void Losing_sight_of_the_machine_releases_nothing()
    {
        _life.Until<ServerState.Provisioned>();

        Assert.Empty(_life.Hear(new WishObserved(Life.Idle)).Events);
        Assert.Empty(_life.Hear(new WishObserved(Life.Idle with { Release = new ClaimId("somebody else") })).Events);
        Assert.Empty(_life.Hear(new WishObserved(Life.Idle with { Provision = Life.Plan with { Claim = new ClaimId("somebody else") } })).Events);
    }

    [Fact]
    public void A_released_server_is_available_only_after_the_disk_we_wrote_is_wiped()
    {
        _life.Until<ServerState.Provisioned>().Release();
        _life.Until<ServerState.Available>();

        Assert.Equal(Life.Disk, Assert.Single(_life.Events.OfType<ServerEvent.WipeIntended>()).Disk);
        Assert.True(Assert.Single(_life.Events.OfType<ServerEvent.Released>()).Wiped);
    }

    [Fact]
    public void A_claim_that_wrote_nothing_is_released_without_a_reset()
    {
        _life.Until<ServerState.Claimed>().Release();

        Assert.IsType<ServerState.Available>(_life.State);
        Assert.Empty(_life.Events.OfType<ServerEvent.RescueIntended>());
    }

    [Fact]
    public void Another_disk_in_the_place_of_ours_is_not_wiped()
    {
        _life.Until<ServerState.Provisioned>().Release();
        _life.Until<ServerState.InRescue>();

        _life.Hear(new Heard.RescueProven(_life.Key, Life.Hardware(Life.Disk with { Serial = "S2" })));

        Assert.Equal("SystemDiskMissing", Assert.IsType<ServerState.Quarantined>(_life.State).Reason);
        Assert.Empty(_life.Events.OfType<ServerEvent.WipeIntended>());
    }

    [Fact]
    public void A_failed_server_waits_for_a_person_and_starts_anew_when_asked()
    {
        _life.Until<ServerState.InRescue>();
        _life.Hear(new Heard.RescueProven(_life.Key, Life.Hardware(Life.Disk with { Foreign = "ceph_bluestore" })));
        Assert.Equal("ForeignData", Assert.IsType<ServerState.Failed>(_life.State).Reason);
        Assert.Empty(_life.Hear(new WishObserved(Life.Wanted)).Events);

        _life.Hear(new WishObserved(Life.Idle with { Provision = Life.Plan with { RetryToken = "again" } }));

        Assert.IsType<ServerState.Claimed>(_life.State);
    }

    [Fact]
    public void Another_disk_than_the_one_that_was_written_is_not_installed_on_and_forgets_nothing()
    {
        var life = new Life().Until<ServerState.Joining>();
        life.After(Limits.JoinTimeout, new DeadlineCame());
        var again = Life.Idle with { Provision = Life.Plan with { RetryToken = "again", Disk = new DiskPolicy("S9", MayDestroyForeignData: false) } };
        life.Wish(again).Wish(again);
        life.Until<ServerState.InRescue>();
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(Life.Disk, Life.Disk with { Name = "nvme1n1", Serial = "S9" })));

        Assert.Equal("OtherDiskWritten", Assert.IsType<ServerState.Failed>(life.State).Reason);
        life.Release().Until<ServerState.Wiping>();
        Assert.Equal(Life.Disk.Serial, Assert.IsType<ServerState.Wiping>(life.State).Disk.Serial);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_written_disk_that_is_gone_is_told_once_and_may_have_been_taken_out(bool retried)
    {
        var other = Life.Disk with { Name = "nvme1n1", Serial = "S9" };
        var life = new Life().Until<ServerState.Booting>(state => state.Stage == BootStage.AwaitingTalos);
        life.After(Limits.BootTimeout, new DeadlineCame());
        life.Until<ServerState.InRescue>();
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(other)));
        Assert.Equal("OtherDiskWritten", Assert.IsType<ServerState.Failed>(life.State).Reason);
        if (!retried) return;

        var again = Life.Idle with { Provision = Life.Plan with { RetryToken = "taken out" } };
        life.Wish(again).Wish(again).Until<ServerState.InRescue>();
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(other)));
        Assert.Equal(other, Assert.IsType<ServerState.Installing>(life.State).Disk);
    }

    [Fact]
    public void What_may_be_lost_can_be_changed_until_a_disk_is_chosen()
    {
        var careless = Life.Idle with { Provision = Life.Plan with { Disk = new DiskPolicy(Hint: null, MayDestroyForeignData: true) } };
        var life = new Life().Until<ServerState.Available>().Wish(careless).Wish(careless).Until<ServerState.InRescue>();
        Assert.True(Assert.IsType<ServerState.InRescue>(life.State).Plan.Disk.MayDestroyForeignData);
        life.Wish(Life.Wanted);
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(Life.Disk with { Foreign = "ceph_bluestore" })));

        Assert.Equal("ForeignData", Assert.IsType<ServerState.Failed>(life.State).Reason);
    }

    [Fact]
    public void A_node_whose_objects_were_moved_away_and_back_is_taken_for_what_it_is()
    {
        var back = Life.Plan with { Claim = new ClaimId("uid-3"), AlreadyNode = true };
        var life = new Life().Until<ServerState.Provisioned>().Wish(Life.Idle with { Provision = back });
        Assert.Equal(back.Claim, Assert.IsType<ServerState.Provisioned>(life.State).Plan.Claim);

        life.Wish(Life.Idle with { Release = back.Claim }).Until<ServerState.Wiping>();
        Assert.Equal(back.Claim, Assert.IsType<ServerEffect.WipeDisk>(life.Effect).Claim);
    }

    [Fact]
    public void A_claim_of_another_machine_takes_nothing_over()
    {
        var other = Life.Plan with { Claim = new ClaimId("uid-3"), AlreadyNode = true, Machine = new ObjectName("metal", "cp-1") };
        var life = new Life().Until<ServerState.Provisioned>().Wish(Life.Idle with { Provision = other });

        Assert.Equal(Life.Plan.Claim, Assert.IsType<ServerState.Provisioned>(life.State).Plan.Claim);
    }

    [Fact]
    public void Robot_is_asked_for_a_left_over_order_only_where_more_than_one_was_given()
    {
        var life = new Life().Until<ServerState.Booting>();
        Assert.True(Assert.IsType<ServerEffect.LeaveRescue>(life.Effect).OrderIsSpent);

        var again = new Life().Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Awaiting);
        again.After(Limits.RescueTimeout, new DeadlineCame());
        again.Until<ServerState.Booting>();
        Assert.False(Assert.IsType<ServerEffect.LeaveRescue>(again.Effect).OrderIsSpent);
    }

    [Fact]
    public void Waiting_for_a_person_never_uses_up_the_attempts()
    {
        _life.Hear(new WishObserved(Life.Idle));
        for (var i = 0; i < 3 * Limits.StepFailures; i++) _life.Hear(new Heard.Refused(_life.Key, "CredentialsRefused", "Robot refused the login.", Advice.WaitForPerson));

        Assert.Equal(0, _life.State.Trouble!.Failures);
        Assert.Single(_life.Events.OfType<ServerEvent.StepRefused>());
        Assert.IsType<ServerEffect.LookUpServer>(_life.Effect);
    }

    [Fact]
    public void An_hour_in_which_robot_is_closed_does_not_fail_a_server_that_waits_for_its_rescue_order()
    {
        _life.Until<ServerState.EnteringRescue>();
        for (var minute = 0; minute < 60; minute++)
        {
            _life.After(TimeSpan.FromMinutes(1), new Heard.Refused(_life.Key, "RobotMaintenance", "Robot is closed for maintenance.", Advice.WaitForPerson));
            Assert.Empty(_life.Hear(new DeadlineCame()).Events);
        }

        Assert.Equal(RescueStage.Arming, Assert.IsType<ServerState.EnteringRescue>(_life.State).Stage);
        Assert.Single(_life.Events.OfType<ServerEvent.StepRefused>());
        Assert.DoesNotContain(_life.Events, happened => happened is ServerEvent.ResetIntended);

        _life.Answer();
        Assert.Equal(Limits.RescueTimeout, Assert.Single(_life.Events.OfType<ServerEvent.ResetIntended>()).Until - _life.Now);
    }

    [Fact]
    public void A_step_that_keeps_failing_is_given_up_with_its_reason()
    {
        _life.Until<ServerState.EnteringRescue>();
        for (var i = 0; i <= Limits.StepFailures; i++) _life.Hear(new Heard.Refused(_life.Key, "RobotUnavailable", "Robot is down for maintenance.", Advice.BackOff));

        Assert.Equal("RobotUnavailable", Assert.IsType<ServerState.Failed>(_life.State).Reason);
    }

    [Fact]
    public void Who_may_not_leave_the_rescue_system_yet_loses_no_time_to_boot_by_it()
    {
        _life.Until<ServerState.Booting>();
        Assert.Equal(BootStage.Leaving, Assert.IsType<ServerState.Booting>(_life.State).Stage);

        // Robot, which must be asked for a left-over order first, is closed for an hour.
        Assert.Empty(_life.After(TimeSpan.FromHours(1), new DeadlineCame()).Events);
        _life.Hear(new Heard.RescueLeft(_life.Key));

        Assert.Equal(BootStage.AwaitingTalos, Assert.IsType<ServerState.Booting>(_life.State).Stage);
        Assert.Equal(_life.Now + Limits.BootTimeout, _life.State.Deadline);
        Assert.Single(_life.Events.OfType<ServerEvent.ResetIntended>());
    }
}
