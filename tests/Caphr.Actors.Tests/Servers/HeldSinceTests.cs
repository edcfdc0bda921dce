using Caphr.Actors.Servers;

namespace Caphr.Actors.Tests.Servers;

public sealed class HeldSinceTests
{
    private readonly Life _life = new();

    [Fact]
    public void A_server_knows_from_its_claim_to_its_release_since_when_it_is_held()
    {
        Assert.Null(_life.Until<ServerState.Available>().State.HeldSince);
        var claimed = _life.Until<ServerState.Claimed>().State.Since;

        Assert.Equal(claimed, _life.State.HeldSince);
        Assert.Equal(claimed, _life.Until<ServerState.Joining>().State.HeldSince);
        Assert.Equal(claimed, _life.Until<ServerState.Provisioned>().State.HeldSince);
        Assert.Equal(claimed, _life.Release().Until<ServerState.Wiping>().State.HeldSince);
        Assert.Null(_life.Until<ServerState.Available>().State.HeldSince);
    }

    [Fact]
    public void The_next_claim_begins_its_own_time()
    {
        var first = _life.Until<ServerState.Provisioned>().State.HeldSince;
        _life.Release().Until<ServerState.Available>();

        _life.Wish(Life.Idle with { Provision = Life.Plan with { Claim = new ClaimId("uid-2") } });

        Assert.IsType<ServerState.Claimed>(_life.State);
        Assert.True(_life.State.HeldSince > first);
    }

    [Fact]
    public void A_failure_ends_nothing_and_another_try_begins_anew()
    {
        var claimed = _life.Until<ServerState.InRescue>().State.HeldSince;
        _life.Hear(new ServerInput.Heard.Refused(_life.Key, "ForeignData", "Ceph.", Advice.GiveUp));
        Assert.IsType<ServerState.Failed>(_life.State);
        Assert.Equal(claimed, _life.State.HeldSince);

        _life.After(TimeSpan.FromDays(1), new ServerInput.WishObserved(Life.Wanted with { Provision = Life.Plan with { RetryToken = "again" } }));

        Assert.Equal(_life.Now, _life.State.HeldSince);
    }

    [Fact]
    public void A_server_in_quarantine_is_held_by_nobody()
    {
        _life.Until<ServerState.Provisioned>();
        _life.Wish(Life.Idle with { Detach = Life.Plan.Claim });
        Assert.IsType<ServerState.Quarantined>(_life.State);
        Assert.Null(_life.State.HeldSince);
    }
}
