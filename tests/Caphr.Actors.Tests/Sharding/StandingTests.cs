using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Tests.Sharding;

public sealed class StandingTests
{
    private static readonly TimeSpan s_trust = TimeSpan.FromSeconds(10);

    private readonly VirtualClock _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private void Pass(int seconds) => _clock.MoveToNext(_clock.Elapsed + TimeSpan.FromSeconds(seconds));

    [Fact]
    public void It_counts_from_the_moment_the_renewal_was_sent()
    {
        var sent = _clock.GetTimestamp();
        Pass(9);
        var standing = new Standing(_clock, sent, s_trust);
        Assert.True(standing.IsGood);

        Pass(1);

        Assert.False(standing.IsGood);
    }

    [Fact]
    public void Prolonged_in_time_it_goes_on()
    {
        var standing = new Standing(_clock, _clock.GetTimestamp(), s_trust);
        Pass(9);
        Assert.True(standing.TryProlong(_clock.GetTimestamp()));

        Pass(9);

        Assert.True(standing.IsGood);
    }

    [Fact]
    public void Once_run_out_no_renewal_brings_it_back()
    {
        var standing = new Standing(_clock, _clock.GetTimestamp(), s_trust);
        var warrant = new Warrant(shard: 3, epoch: 1, standing);
        Pass(10);

        Assert.False(standing.TryProlong(_clock.GetTimestamp()));

        Assert.False(standing.IsGood);
        Assert.False(warrant.IsInForce);
    }

    [Fact]
    public void A_renewal_answered_out_of_order_takes_nothing_away()
    {
        var early = _clock.GetTimestamp();
        Pass(5);
        var standing = new Standing(_clock, _clock.GetTimestamp(), s_trust);

        Assert.True(standing.TryProlong(early));

        Pass(9);
        Assert.True(standing.IsGood);
    }
}
