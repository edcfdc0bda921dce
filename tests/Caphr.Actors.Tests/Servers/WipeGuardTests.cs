using Caphr.Actors.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>A server that is only wiped under a permit: nothing begins without one, and none is stretched.</summary>
public sealed class WipeGuardTests
{
    private static readonly WipeGuard s_bare = new(NeedsPermit: true, Permit: null);
    private static readonly WipeGuard s_permitted = Until(TimeSpan.FromHours(1));

    private readonly Life _life = new();

    [Fact]
    public void A_claimed_server_without_a_permit_is_not_touched_and_says_once_what_it_waits_for()
    {
        _life.Until<ServerState.Available>();
        _life.Hear(Wanted(s_bare));

        var said = Assert.IsType<ServerEvent.StepRefused>(Assert.Single(_life.Hear(Wanted(s_bare)).Events));
        Assert.Empty(_life.After(TimeSpan.FromDays(1), Wanted(s_bare)).Events);

        Assert.Equal("ReleaseNeeded", said.Reason);
        Assert.Contains(Life.Plan.Claim.MachineUid, said.Message, StringComparison.Ordinal);
        Assert.IsType<ServerState.Claimed>(_life.State);
        Assert.Null(_life.Effect);
    }

    [Fact]
    public void A_permit_that_comes_lets_the_installation_begin_and_travels_with_it()
    {
        Begin(s_bare);

        _life.Hear(Wanted(s_permitted));
        Reach<ServerState.Installing>();

        var install = Assert.IsType<ServerEffect.InstallImage>(_life.Effect);
        Assert.Equal((s_permitted, Life.Plan.Claim), (install.Guard, install.Claim));
    }

    [Fact]
    public void A_permit_that_has_expired_is_as_good_as_none_and_is_named()
    {
        var expired = Until(TimeSpan.Zero);
        _life.Until<ServerState.Available>();
        _life.Hear(Wanted(expired));

        var said = Assert.IsType<ServerEvent.StepRefused>(Assert.Single(_life.Hear(Wanted(expired)).Events));

        Assert.Equal("ReleaseExpired", said.Reason);
        Assert.StartsWith("HetznerRobotHostRelease metal/release expired at 2026-03-01 03:00:00 UTC", said.Message, StringComparison.Ordinal);
        Assert.Null(_life.Effect);
    }

    [Fact]
    public void A_permit_that_ends_while_the_server_boots_ends_the_installation_before_the_write()
    {
        Begin(s_permitted);
        Reach<ServerState.InRescue>();

        _life.After(TimeSpan.FromHours(2), new Heard.RescueProven(_life.Key, Life.Hardware()));

        Assert.Equal("ReleaseExpired", Assert.IsType<ServerState.Failed>(_life.State).Reason);
        Assert.DoesNotContain(_life.Events, happened => happened is ServerEvent.InstallIntended);
    }

    [Fact]
    public void A_permit_that_ends_while_the_rescue_order_is_placed_leaves_the_server_running()
    {
        Begin(s_permitted);

        _life.After(TimeSpan.FromHours(2), new Heard.RescueArmed(_life.Key));

        Assert.Equal("ReleaseExpired", Assert.IsType<ServerState.Failed>(_life.State).Reason);
        Assert.DoesNotContain(_life.Events, happened => happened is ServerEvent.ResetIntended);
    }

    [Fact]
    public void A_permit_that_was_withdrawn_during_a_pause_is_gone_before_anything_goes_on()
    {
        Begin(s_permitted);
        Reach<ServerState.Installing>();
        _life.Hear(new WishObserved(Wanted(s_permitted).Wish with { Paused = true }));
        Assert.Null(_life.Effect);

        var resumed = _life.Hear(Wanted(s_bare));

        Assert.Equal(s_bare, Assert.IsType<ServerEffect.InstallImage>(resumed.Effect).Guard);
    }

    [Fact]
    public void A_permit_that_is_withdrawn_while_the_image_is_written_does_not_break_the_write_off()
    {
        Begin(s_permitted);
        Reach<ServerState.Installing>();
        var running = _life.Effect!.Key;

        var decision = _life.Hear(Wanted(s_bare));

        Assert.Null(decision.Effect);
        Assert.Equal(running, _life.Effect.Key);
        Assert.Equal(s_bare, ((ServerState.Held)_life.State).Plan.Guard);
    }

    [Fact]
    public void A_write_that_failed_is_not_begun_again_without_a_permit()
    {
        Begin(s_permitted);
        Reach<ServerState.Installing>();
        _life.Hear(Wanted(s_bare));

        _life.Hear(new Heard.WriteFailed(_life.Key, "InstallDownloadFailed", "The image was not written."));

        Assert.Equal("ReleaseNeeded", Assert.IsType<ServerState.Failed>(_life.State).Reason);
        Assert.Single(_life.Events, happened => happened is ServerEvent.InstallIntended);
    }

    [Fact]
    public void A_node_whose_machine_goes_is_left_running_until_its_wipe_is_permitted()
    {
        _life.Until<ServerState.Provisioned>();

        _life.Hear(Released(s_bare));
        Assert.Empty(_life.After(TimeSpan.FromDays(1), Released(s_bare)).Events);

        Assert.Equal("ReleaseNeeded", Assert.IsType<ServerState.Provisioned>(_life.State).Trouble!.Reason);
        Assert.Null(_life.Effect);
        Assert.DoesNotContain(_life.Events, happened => happened is ServerEvent.RescueIntended { Purpose: Purpose.Release });

        var later = new WipeGuard(NeedsPermit: true, new WipePermit(new ObjectName("metal", "later"), "uid-later", _life.Now + TimeSpan.FromHours(1)));
        _life.Hear(Released(later));
        Reach<ServerState.Wiping>();
        Assert.Equal(later, Assert.IsType<ServerEffect.WipeDisk>(_life.Effect).Guard);
    }

    [Fact]
    public void A_wipe_whose_permit_ends_on_the_way_ends_in_quarantine_and_is_tried_again_only_under_another()
    {
        _life.Until<ServerState.Provisioned>();
        _life.Hear(Released(s_permitted));
        Reach<ServerState.InRescue>();
        _life.After(TimeSpan.FromHours(2), new Heard.RescueProven(_life.Key, Life.Hardware()));
        Assert.Equal("ReleaseExpired", Assert.IsType<ServerState.Quarantined>(_life.State).Reason);

        _life.Hear(Retried("once", s_permitted));
        Assert.False(Assert.Single(_life.Events.OfType<ServerEvent.RequestAnswered>()).Granted);
        Assert.IsType<ServerState.Quarantined>(_life.State);
        _life.Hear(Retried("again", Until(TimeSpan.FromHours(9))));

        Assert.IsType<ServerState.EnteringRescue>(_life.State);
        Assert.DoesNotContain(_life.Events, happened => happened is ServerEvent.WipeIntended);
    }

    private static WishObserved Retried(string token, WipeGuard guard) => new(Life.Idle with { Requests = StandingRequests.None with { Retry = token }, QuarantineGuard = guard });

    [Fact]
    public void A_server_that_was_never_written_to_goes_back_without_a_permit()
    {
        _life.Until<ServerState.Claimed>();

        _life.Hear(Released(s_bare));

        Assert.IsType<ServerState.Available>(_life.State);
    }

    [Fact]
    public void What_is_under_way_when_its_machine_goes_comes_to_its_end_before_a_permit_is_asked_for()
    {
        _life.Until<ServerState.Installing>();

        _life.Hear(Released(s_bare));

        Assert.IsType<ServerEffect.InstallImage>(_life.Effect);
        Assert.Null(_life.State.Trouble);
    }

    [Fact]
    public void A_journal_of_before_there_were_permits_asks_for_none()
    {
        var written = ServerEvents.Codec.Encode(new ServerEvent.ClaimAccepted(Life.Start, Life.Plan), Life.Start);
        var before = System.Text.Json.Nodes.JsonNode.Parse(written.Payload)!;
        Assert.True(before["plan"]!.AsObject().Remove("guard"));

        var read = (ServerEvent.ClaimAccepted)ServerEvents.Codec.Decode(written with { Payload = before.ToJsonString() });

        Assert.Equal(Life.Plan, read.Plan);
        Assert.Null(read.Plan.Guard.WhyNot(read.Plan.Claim, Life.Start));
    }

    private static WipeGuard Until(TimeSpan end) => new(NeedsPermit: true, new WipePermit(new ObjectName("metal", "release"), "uid-release", Life.Start + end));

    private static WishObserved Wanted(WipeGuard guard) => new(Life.Idle with { Provision = Life.Plan with { Guard = guard } });

    private static WishObserved Released(WipeGuard guard, string? retry = null) => new(Life.Released with { ReleaseGuard = guard, ReleaseRetryToken = retry });

    /// <summary>Claimed, and the wish seen again: it is then that work begins.</summary>
    private void Begin(WipeGuard guard)
    {
        _life.Until<ServerState.Available>();
        _life.Hear(Wanted(guard));
        _life.Hear(Wanted(guard));
    }

    private void Reach<TState>()
        where TState : ServerState
    {
        for (var i = 0; i < 20 && _life.State is not TState; i++) _life.Answer();
        Assert.IsType<TState>(_life.State);
    }
}
