using Caphr.Actors.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>A reset that waits for its turn, a write that waits to be let in: which news of Kubernetes' keeps it from being begun.</summary>
public sealed class SecondThoughtsTests
{
    private static readonly RepairOrder s_wished = new("restart 1", RepairCause.Person, Resets: 1, TimeSpan.FromMinutes(10));

    [Fact]
    public void The_same_wish_again_changes_nothing()
    {
        Assert.True(IsWanted(Repairing(Life.Sick), Life.Sick));
        Assert.True(IsWanted(Installing(), Life.Wanted));
        Assert.True(IsWanted(Diagnosing(), Life.Sick));
        Assert.True(IsWanted(Repairing(Life.Wanted with { Repair = s_wished }), Life.Wanted with { Repair = s_wished }));
    }

    [Fact]
    public void A_pause_keeps_every_reset_from_being_pressed()
    {
        Assert.False(IsWanted(Repairing(Life.Sick), Life.Sick with { Paused = true }));
        Assert.False(IsWanted(Installing(), Life.Wanted with { Paused = true }));
        Assert.False(IsWanted(Diagnosing(), Life.Sick with { Paused = true }));
    }

    [Fact]
    public void A_node_that_is_well_again_is_not_reset()
    {
        Assert.False(IsWanted(Repairing(Life.Sick), Life.Wanted));
        Assert.False(IsWanted(Diagnosing(), Life.Wanted));
    }

    [Fact]
    public void A_persons_wish_to_restart_a_node_outlives_its_request() =>
        Assert.True(IsWanted(Repairing(Life.Wanted with { Repair = s_wished }), Life.Wanted));

    [Fact]
    public void A_server_that_a_person_has_detached_is_not_reset()
    {
        Assert.False(IsWanted(Repairing(Life.Sick), Life.Sick with { Detach = Life.Plan.Claim }));
        Assert.False(IsWanted(Installing(), Life.Wanted with { Detach = Life.Plan.Claim }));
    }

    [Fact]
    public void A_server_that_goes_back_is_reset_for_nothing_else()
    {
        Assert.False(IsWanted(Repairing(Life.Sick), Life.Released));
        Assert.False(IsWanted(Installing(), Life.Released));
        Assert.True(IsWanted(Releasing(), Life.Released));
    }

    [Fact]
    public void A_permit_that_was_withdrawn_is_no_permit()
    {
        var missing = new WipeGuard(NeedsPermit: true, Permit: null);

        Assert.False(IsWanted(Releasing(), Life.Released with { ReleaseGuard = missing }));
        Assert.False(IsWanted(Installing(), Life.Wanted with { Provision = Life.Plan with { Guard = missing } }));
        Assert.True(IsWanted(Repairing(Life.Sick), Life.Sick with { Provision = Life.Plan with { Guard = missing } }));
    }

    /// <summary>Otherwise it would be intended, left, and intended again for as long as the release is missing.</summary>
    [Fact]
    public void What_a_release_has_to_wait_for_lets_a_repair_go_on() =>
        Assert.True(IsWanted(Repairing(Life.Sick), Life.Released with { ReleaseGuard = new WipeGuard(NeedsPermit: true, Permit: null) }));

    [Fact]
    public void Whatever_keeps_a_reset_from_being_pressed_ends_its_step_once_it_was_not()
    {
        (Life Life, ServerWish Wish)[] cases =
        [
            (Repairing(Life.Sick), Life.Wanted), (Diagnosing(), Life.Wanted), (Installing(), Life.Wanted with { Detach = Life.Plan.Claim }), (Repairing(Life.Sick), Life.Released),
        ];
        foreach (var (life, wish) in cases)
        {
            Assert.False(IsWanted(life, wish));
            life.Hear(new Heard.Refused(life.Key, "ResetNotWanted", "It was not pressed.", Advice.WaitForPerson, TimeSpan.FromSeconds(5)));
            var step = life.State.Step;
            life.Wish(wish);
            Assert.NotEqual(step, life.State.Step);
            Assert.DoesNotContain(life.Events, happened => happened is ServerEvent.ResetPressed { Known: false });
            Assert.IsNotType<ServerEffect.PressReset>(life.Effect);
        }
    }

    [Fact]
    public void A_disk_is_not_written_for_what_is_not_wanted_any_more()
    {
        var missing = new WipeGuard(NeedsPermit: true, Permit: null);

        Assert.True(IsWanted(Writing(), Life.Wanted));
        Assert.False(IsWanted(Writing(), Life.Wanted with { Paused = true }));
        Assert.False(IsWanted(Writing(), Life.Wanted with { Detach = Life.Plan.Claim }));
        Assert.False(IsWanted(Writing(), Life.Released));
        Assert.False(IsWanted(Writing(), Life.Wanted with { Provision = Life.Plan with { Guard = missing } }));
    }

    [Fact]
    public void A_disk_is_not_wiped_for_what_is_not_wanted_any_more()
    {
        Assert.True(IsWanted(Wiping(), Life.Released));
        Assert.False(IsWanted(Wiping(), Life.Released with { Paused = true }));
        Assert.False(IsWanted(Wiping(), Life.Released with { Detach = Life.Plan.Claim }));
        Assert.False(IsWanted(Wiping(), Life.Released with { ReleaseGuard = new WipeGuard(NeedsPermit: true, Permit: null) }));
    }

    [Fact]
    public void A_node_is_not_told_to_go_for_what_is_not_wanted_any_more()
    {
        Assert.True(IsWanted(Dismissing(), Life.Released));
        Assert.False(IsWanted(Dismissing(), Life.Released with { Paused = true }));
        Assert.False(IsWanted(Dismissing(), Life.Released with { Detach = Life.Plan.Claim }));
        Assert.False(IsWanted(Dismissing(), Life.Released with { ReleaseGuard = new WipeGuard(NeedsPermit: true, Permit: null) }));
    }

    /// <summary>It goes on where it was: the writer of before is looked for first.</summary>
    [Fact]
    public void A_write_that_a_pause_kept_from_beginning_begins_after_it()
    {
        var life = Writing();
        life.Wish(Life.Wanted with { Paused = true });
        life.Hear(new Heard.Refused(life.Key, "WriteNotWanted", "The disk was left as it is.", Advice.WaitForPerson, TimeSpan.FromSeconds(5)));
        Assert.Null(life.Effect);

        life.Wish(Life.Wanted);
        Assert.IsType<ServerEffect.InstallImage>(life.Effect);
        Assert.Equal(0, life.State.Trouble?.Failures);
    }

    private static bool IsWanted(Life life, ServerWish wish)
    {
        Assert.True(life.Effect is ServerEffect.PressReset or ServerEffect.DismissNode or ServerEffect.InstallImage or ServerEffect.WipeDisk);
        return ServerLifecycle.IsStillWanted(life.State, wish, life.Now);
    }

    private static Life Installing()
    {
        var life = new Life();
        life.Until<ServerState.EnteringRescue>();
        life.Answer();
        return life;
    }

    private static Life Writing() => new Life().Until<ServerState.Installing>();

    private static Life Wiping()
    {
        var life = Releasing();
        for (var i = 0; i < 5 && life.Effect is not ServerEffect.WipeDisk; i++) life.Answer();
        return life;
    }

    private static Life Repairing(ServerWish wish)
    {
        var life = new Life().Until<ServerState.Provisioned>();
        life.Wish(wish);
        life.Answer();
        return life;
    }

    private static Life Diagnosing()
    {
        var life = Repairing(Life.Sick);
        for (var i = 0; i < 20 && life.Effect is not ServerEffect.PressReset { Purpose: Purpose.Diagnose }; i++)
        {
            if (life.Effect is ServerEffect.AwaitNode) life.After(TimeSpan.FromMinutes(11), new DeadlineCame());
            else life.Answer();
        }

        return life;
    }

    private static Life Dismissing()
    {
        var life = new Life().Until<ServerState.Provisioned>();
        life.Wish(Life.Released);
        for (var i = 0; i < 5 && life.Effect is not ServerEffect.DismissNode; i++) life.Answer();
        return life;
    }

    private static Life Releasing()
    {
        var life = new Life().Until<ServerState.Provisioned>();
        life.Wish(Life.Released);
        for (var i = 0; i < 5 && life.Effect is not ServerEffect.PressReset; i++)
        {
            if (life.Effect is ServerEffect.DismissNode) life.Hear(new Heard.LeftUnknown(life.Key, "The node did not answer."));
            else life.Answer();
        }

        return life;
    }
}
