using Caphr.Actors.Journal;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Tests.Sharding;

public sealed class SightingsTests
{
    private static readonly Member s_me = new("me", "journal", TimeSpan.FromSeconds(15));
    private static readonly Member s_other = new("other", "journal", TimeSpan.FromSeconds(15));

    private readonly VirtualClock _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Sightings _sightings;

    public SightingsTests() => _sightings = new Sightings(_clock, s_me);

    private void Pass(int seconds) => _clock.MoveToNext(_clock.Elapsed + TimeSpan.FromSeconds(seconds));

    private void Look(string? mark, params ShardClaim[] claims) => _sightings.Look(mark is null ? [] : [new MemberLease(s_other, mark)], claims, _clock.GetTimestamp());

    [Fact]
    public void Who_renews_stays_alive()
    {
        Look("1");
        for (var i = 2; i < 10; i++)
        {
            Pass(10);
            Look(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Contains("other", _sightings.Alive);
            Assert.Equal([s_other], _sightings.Members);
        }
    }

    [Fact]
    public void Who_does_not_renew_is_dead_when_a_whole_lease_was_watched_and_not_before()
    {
        Look("1");
        Pass(15);
        Look("1");
        Assert.Contains("other", _sightings.Alive);

        Pass(1);
        Look("1");

        Assert.DoesNotContain("other", _sightings.Alive);
        Assert.Empty(_sightings.Members);
        Assert.Equal(["other"], _sightings.RunOut);
    }

    [Fact]
    public void A_list_asked_for_in_time_and_answered_late_proves_nothing()
    {
        Look("1");
        Pass(10);
        var asked = _clock.GetTimestamp();
        Pass(20);

        _sightings.Look([new MemberLease(s_other, "1")], [], asked);

        Assert.Contains("other", _sightings.Alive);
    }

    [Fact]
    public void A_sign_of_life_brings_back_who_was_taken_for_dead()
    {
        Look("1");
        Pass(16);
        Look("1");
        Look("2");

        Assert.Contains("other", _sightings.Alive);
    }

    [Fact]
    public void An_owner_without_a_lease_gets_the_time_it_would_have_had()
    {
        var claim = new ShardClaim(3, 1, "other");
        Look("1", claim);
        // Renewed all the time while nobody looked here, and then removed by hand.
        Pass(40);
        Look(mark: null, claim);
        Assert.Contains("other", _sightings.Alive);
        Assert.Empty(_sightings.Members);

        Pass(16);
        Look(mark: null, claim);

        Assert.DoesNotContain("other", _sightings.Alive);
    }

    [Fact]
    public void An_owner_never_seen_alive_gets_that_time_too()
    {
        var claim = new ShardClaim(3, 1, "other");
        Look(mark: null, claim);
        Assert.Contains("other", _sightings.Alive);

        Pass(16);
        Look(mark: null, claim);

        Assert.DoesNotContain("other", _sightings.Alive);
    }
}
