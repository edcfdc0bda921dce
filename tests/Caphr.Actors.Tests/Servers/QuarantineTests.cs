using Caphr.Actors.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>Servers that are nobody's and not offered: how they come there, and that only a person gets them out.</summary>
public sealed class QuarantineTests
{
    private static readonly ServerWish s_inspectFirst = Life.Idle with { InspectFirst = true };

    private static WishObserved Asked(StandingRequests requests) => new(Life.Idle with { Requests = requests });

    private static Life Unwiped()
    {
        var life = new Life().Until<ServerState.Provisioned>().Release().Until<ServerState.Wiping>();
        life.Hear(new Heard.Refused(life.Key, "WipeIncomplete", "What was written is still to be read.", Advice.GiveUp));
        return life;
    }

    [Fact]
    public void A_release_that_fails_ends_the_claim_and_offers_the_server_to_nobody()
    {
        var life = Unwiped();

        var quarantined = Assert.IsType<ServerState.Quarantined>(life.State);
        Assert.Equal(("WipeIncomplete", Life.Plan.Claim, Life.Disk), (quarantined.Reason, quarantined.Freed, quarantined.Installed));
        Assert.Null(life.State.LastWipe);
        Assert.Empty(life.Hear(new WishObserved(Life.Wanted with { Provision = Life.Plan with { Claim = new ClaimId("uid-2") } })).Events);
    }

    [Fact]
    public void A_server_that_never_reaches_the_rescue_system_ends_there_after_its_three_resets()
    {
        var life = new Life().Until<ServerState.Provisioned>().Release();
        var before = life.Events.Count;
        for (var step = 0; step < 30 && life.State is not ServerState.Quarantined; step++)
        {
            if (life.Effect is ServerEffect.AwaitRescue) life.After(Limits.RescueTimeout, new DeadlineCame());
            else life.Answer();
        }

        Assert.Equal("RescueNotReached", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
        Assert.Equal(Limits.Resets, life.Events.Skip(before).OfType<ServerEvent.ResetIntended>().Count());
    }

    [Fact]
    public void Another_try_wipes_what_was_left_and_frees_the_server()
    {
        var life = Unwiped();
        life.Hear(Asked(StandingRequests.None with { Retry = "now" }));
        life.Until<ServerState.Available>();

        Assert.Equal(Life.Disk.Serial, life.State.LastWipe!.Disk.Serial);
        Assert.Equal(2, life.Events.OfType<ServerEvent.WipeIntended>().Count());
    }

    [Fact]
    public void A_person_may_vouch_for_the_server_and_then_it_is_free_unwiped()
    {
        var life = Unwiped();
        life.Hear(Asked(StandingRequests.None with { Accept = "by me" }));

        Assert.IsType<ServerState.Available>(life.State);
        Assert.Null(life.State.LastWipe);
    }

    [Fact]
    public void A_word_of_before_the_quarantine_does_not_lift_it()
    {
        var life = new Life().Until<ServerState.Provisioned>();
        var wish = Life.Released with { Requests = StandingRequests.None with { Accept = "by me" } };
        life.Hear(new WishObserved(wish));
        life.Hear(new WishObserved(wish));
        life.Until<ServerState.Wiping>();
        life.Hear(new Heard.Refused(life.Key, "WipeIncomplete", "Still there.", Advice.GiveUp));
        life.Hear(new WishObserved(wish));

        Assert.IsType<ServerState.Quarantined>(life.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_machine_that_is_detached_goes_and_nothing_is_done_to_its_server(bool failed)
    {
        var life = failed ? new Life().Until<ServerState.InRescue>() : new Life().Until<ServerState.Provisioned>();
        if (failed) life.Hear(new Heard.Refused(life.Key, "NotRescue", "No.", Advice.GiveUp));

        life.Hear(new WishObserved(Life.Idle with { Detach = Life.Plan.Claim }));

        Assert.Equal("Detached", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
        Assert.Null(life.Effect);
    }

    [Fact]
    public void Detaching_another_claim_does_nothing()
    {
        var life = new Life().Until<ServerState.Provisioned>();

        Assert.Empty(life.Hear(new WishObserved(Life.Idle with { Detach = new ClaimId("another") })).Events);
    }

    [Fact]
    public void A_free_server_is_inspected_before_its_first_use_and_once()
    {
        var life = new Life().Until<ServerState.Available>().Wish(s_inspectFirst);
        life.Until<ServerState.Available>(state => state.Hardware is not null);

        Assert.Empty(life.Hear(new WishObserved(s_inspectFirst)).Events);
        Assert.Single(life.Events.OfType<ServerEvent.ResetIntended>());
        Assert.DoesNotContain(life.Events, happened => happened is ServerEvent.InstallIntended or ServerEvent.WipeIntended);
    }

    [Fact]
    public void A_failing_disk_keeps_a_server_from_being_offered()
    {
        var life = Inspected(Life.Hardware(Life.Disk with { Healthy = false }));

        Assert.Equal("DiskFailing", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
    }

    [Fact]
    public void Another_mainboard_under_the_same_number_is_not_this_server()
    {
        var life = new Life().Until<ServerState.Provisioned>().Release().Until<ServerState.InRescue>();
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware() with { Boot = Life.Boot with { SystemUuid = "uuid-2" } }));

        Assert.Equal("IdentityChanged", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
        Assert.DoesNotContain(life.Events, happened => happened is ServerEvent.WipeIntended);
    }

    [Fact]
    public void A_server_whose_board_was_exchanged_is_installed_only_when_a_person_asks_for_it()
    {
        var life = Inspected(Life.Hardware());
        life.Until<ServerState.InRescue>();
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware() with { Boot = Life.Boot with { PrimaryMac = "a8:a1:59:00:00:99" } }));
        Assert.Equal("IdentityChanged", Assert.IsType<ServerState.Failed>(life.State).Reason);
        Assert.DoesNotContain(life.Events, happened => happened is ServerEvent.InstallIntended);

        life.Hear(new WishObserved(Life.Wanted with { Provision = Life.Plan with { RetryToken = "exchanged by Hetzner" } }));
        Assert.IsType<ServerState.Claimed>(life.State);
        Assert.Null(life.State.Hardware);
    }

    [Fact]
    public void A_disk_that_is_gone_since_the_last_look_is_noticed()
    {
        var life = Inspected(Life.Hardware(Life.Disk, Life.Disk with { Name = "nvme1n1", Serial = "S2" }));
        life.Hear(Asked(StandingRequests.None with { Inspect = "again" }));
        life.Until<ServerState.Inspecting>(state => state.HostKey is not null);
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(Life.Disk)));

        Assert.Equal("DiskMissing", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
    }

    [Fact]
    public void A_server_in_use_is_not_inspected()
    {
        var life = new Life().Until<ServerState.Provisioned>();
        life.Hear(new WishObserved(Life.Wanted with { Requests = StandingRequests.None with { Inspect = "now" } }));

        Assert.False(Assert.Single(life.Events.OfType<ServerEvent.RequestAnswered>()).Granted);
        Assert.IsType<ServerState.Provisioned>(life.State);
    }

    [Fact]
    public void What_Robot_leaves_unanswered_on_the_way_to_an_inspection_is_said_of_Robot()
    {
        var life = new Life().Until<ServerState.Available>().Wish(s_inspectFirst);
        life.Hear(new Heard.LeftUnknown(life.Key, "No answer came."));

        Assert.Equal("RobotSilent", life.State.Trouble?.Reason);
    }

    [Fact]
    public void An_inspection_that_never_reaches_the_rescue_system_ends_after_three_resets()
    {
        var life = new Life().Until<ServerState.Available>().Wish(s_inspectFirst);
        for (var step = 0; step < 30 && life.State is ServerState.Inspecting; step++)
        {
            if (life.Effect is ServerEffect.AwaitRescue) life.After(Limits.RescueTimeout, new DeadlineCame());
            else life.Answer();
        }

        Assert.Equal("RescueNotReached", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
        Assert.Equal(Limits.Resets, life.Events.OfType<ServerEvent.ResetIntended>().Count());
    }

    [Fact]
    public void On_its_way_back_a_running_node_is_asked_to_go_and_no_reset_is_spent()
    {
        var life = new Life().Until<ServerState.Provisioned>();
        var before = life.Events.Count;
        life.Release().Until<ServerState.Available>();

        Assert.DoesNotContain(life.Events.Skip(before), happened => happened is ServerEvent.ResetIntended);
        Assert.Single(life.Events.OfType<ServerEvent.NodeDismissed>());
    }

    [Fact]
    public void A_node_that_does_not_listen_is_reset()
    {
        var life = new Life().Until<ServerState.Provisioned>().Release().Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Dismissing);
        life.Hear(new Heard.LeftUnknown(life.Key, "It does not answer."));

        Assert.IsType<ServerEffect.PressReset>(life.Effect);
    }

    [Fact]
    public void A_node_that_promises_to_go_and_does_not_is_reset()
    {
        var life = new Life().Until<ServerState.Provisioned>().Release().Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Awaiting);
        life.After(Limits.RescueTimeout, new DeadlineCame());
        life.Answer();

        Assert.IsType<ServerEffect.PressReset>(life.Effect);
    }

    [Fact]
    public void An_adopted_node_gives_back_the_one_disk_that_holds_a_Talos()
    {
        var life = Adopted();
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(Life.Disk with { HasTalos = true }, Life.Disk with { Name = "sda", Serial = "S9" })));

        Assert.Equal("S1", Assert.IsType<ServerState.Wiping>(life.State).Disk.Serial);
    }

    [Fact]
    public void An_adopted_node_with_two_such_disks_is_not_wiped()
    {
        var life = Adopted();
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(Life.Disk with { HasTalos = true }, Life.Disk with { Name = "sda", Serial = "S9", HasTalos = true })));

        Assert.Equal("SystemDiskUnknown", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
    }

    private static Life Adopted()
    {
        var life = new Life().Until<ServerState.Available>();
        life.Wish(Life.Idle with { Provision = Life.Plan with { AlreadyNode = true } });
        life.Answer();
        life.Release().Until<ServerState.InRescue>();
        return life;
    }

    private static Life Inspected(HardwareFacts hardware)
    {
        var life = new Life().Until<ServerState.Available>().Wish(s_inspectFirst).Until<ServerState.Inspecting>(state => state.HostKey is not null);
        life.Hear(new Heard.RescueProven(life.Key, hardware));
        return life;
    }

    [Theory]
    [InlineData("now", false)]
    [InlineData("uid-1", true)]
    public void A_detached_server_is_wiped_only_when_the_person_says_whose_it_was(string token, bool wiped)
    {
        var life = new Life().Until<ServerState.Provisioned>();
        life.Hear(new WishObserved(Life.Idle with { Detach = Life.Plan.Claim }));
        life.Hear(Asked(StandingRequests.None with { Retry = token }));

        Assert.Equal(wiped, life.State is ServerState.EnteringRescue);
    }

    [Fact]
    public void A_node_by_a_persons_word_alone_is_neither_reset_nor_wiped_when_its_machine_goes()
    {
        var life = new Life().Until<ServerState.Available>();
        life.Wish(Life.Idle with { Provision = Life.Plan with { AlreadyNode = true, OnlyNamed = true } });
        life.Release();

        Assert.Equal("NeverProven", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
        Assert.DoesNotContain(life.Events, happened => happened is ServerEvent.RescueIntended or ServerEvent.ResetIntended);
    }

    [Fact]
    public void A_quarantine_outlives_the_journal_that_knew_of_it()
    {
        var life = new Life().Wish(Life.Idle with { Doubted = new Doubt("WipeIncomplete", "Still there.") });
        life.Until<ServerState.Quarantined>();

        Assert.Equal("WipeIncomplete", Assert.IsType<ServerState.Quarantined>(life.State).Reason);
    }

    [Theory]
    [InlineData(true, "NotWiped")]
    [InlineData(false, null)]
    public void A_quarantine_whose_journal_was_lost_is_not_left_with_a_Talos_on_a_disk(bool hasTalos, string? reason)
    {
        var life = new Life().Wish(Life.Idle with { Doubted = new Doubt("WipeIncomplete", "Still there.") }).Until<ServerState.Quarantined>();
        life.Hear(Asked(StandingRequests.None with { Retry = "now" }));
        life.Until<ServerState.Inspecting>(state => state.HostKey is not null);
        life.Hear(new Heard.RescueProven(life.Key, Life.Hardware(Life.Disk with { HasTalos = hasTalos })));

        Assert.Equal(reason, (life.State as ServerState.Quarantined)?.Reason);
        Assert.Equal(!hasTalos, life.State is ServerState.Available);
    }

    [Theory]
    [InlineData("Detached")]
    [InlineData("NeverProven")]
    public void A_node_that_may_run_and_whose_claim_is_not_on_record_is_not_reset_for_a_retry(string reason)
    {
        var life = new Life().Wish(Life.Idle with { Doubted = new Doubt(reason, "Its node may still be running.") }).Until<ServerState.Quarantined>();
        life.Hear(Asked(StandingRequests.None with { Retry = "" }));

        Assert.IsType<ServerState.Quarantined>(life.State);
        Assert.False(life.State.Answered.Last!.Granted);
    }

    [Fact]
    public void Another_try_is_made_under_the_policy_of_today()
    {
        var life = Unwiped();
        life.Hear(new WishObserved(Life.Idle with { MayDestroyForeignData = true, Requests = StandingRequests.None with { Retry = "now" } }));
        life.Until<ServerState.Wiping>();

        Assert.True(Assert.IsType<ServerEffect.WipeDisk>(life.Effect).MayDestroyForeignData);
    }

    [Fact]
    public void A_restart_while_the_node_was_told_to_go_looks_after_the_rescue_order_again()
    {
        var life = new Life().Until<ServerState.Provisioned>().Release();
        life.Answer();
        Assert.IsType<ServerEffect.DismissNode>(life.Effect);

        life.Hear(new Recovered());
        Assert.IsType<ServerEffect.ArmRescue>(life.Effect);
        life.Answer();
        Assert.IsType<ServerEffect.DismissNode>(life.Effect);
    }

    [Fact]
    public void A_claim_that_this_journal_never_saw_ends_when_it_is_detached()
    {
        var life = new Life().Until<ServerState.Available>();
        life.Hear(new WishObserved(s_inspectFirst with { Detach = new ClaimId("uid-before") }));

        Assert.Equal(new ClaimId("uid-before"), Assert.IsType<ServerState.Quarantined>(life.State).Freed);
    }

    [Fact]
    public void An_inspection_takes_other_credentials_when_they_are_put_right()
    {
        var right = new RobotAccess(new ObjectName("metal", "robot"), new ObjectName("metal", "right"));
        var life = new Life().Until<ServerState.Available>().Wish(s_inspectFirst);
        life.Hear(new Heard.Refused(life.Key, "SecretMissing", "There is no Secret.", Advice.WaitForPerson));
        life.Hear(new WishObserved(s_inspectFirst with { Robot = right }));

        Assert.Equal(right, Assert.IsType<ServerEffect.ArmRescue>(life.Effect).Robot);
    }

    [Fact]
    public void A_passed_inspection_ends_the_doubt()
    {
        var life = Unwiped();
        life.Replay(new ServerEvent.Doubted(life.Now, "NodeNotHealed", "Dead."));
        life.Hear(Asked(StandingRequests.None with { Accept = "mended" }));
        life.Hear(new WishObserved(s_inspectFirst));
        life.Until<ServerState.Available>(state => state.Hardware is not null);

        Assert.Null(life.State.Doubt);
        Assert.Equal(Life.Plan.Claim, Assert.IsType<ServerState.Available>(life.State).Freed);
    }
}
