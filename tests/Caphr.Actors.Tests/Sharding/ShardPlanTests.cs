using Caphr.Actors.Journal;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Tests.Sharding;

public sealed class ShardPlanTests
{
    private const string Me = "me";
    private const string Other = "other";

    private static readonly IReadOnlySet<string> s_bothAlive = new HashSet<string> { Me, Other };

    private static ShardStep? Step(ShardClaim claim, string[] homes, IReadOnlySet<string>? alive = null, long? held = null) => ShardPlan
        .Make(Me, new Placement(homes), alive ?? s_bothAlive, [claim], held is { } epoch ? new Dictionary<int, long> { [claim.Shard] = epoch } : [])
        .SingleOrDefault();

    [Fact]
    public void A_shard_that_nobody_works_is_taken_under_the_next_epoch() =>
        Assert.Equal(new ShardStep.Take(3, 8), Step(new ShardClaim(3, 7, Owner: null), [Me]));

    [Fact]
    public void A_shard_of_the_living_is_left_alone_even_by_its_home() => Assert.Null(Step(new ShardClaim(3, 7, Other), [Me]));

    [Fact]
    public void A_shard_of_the_dead_is_taken() =>
        Assert.Equal(new ShardStep.Take(3, 8), Step(new ShardClaim(3, 7, Other), [Me], alive: new HashSet<string> { Me }));

    [Fact]
    public void A_free_shard_whose_home_is_another_is_left_to_it() => Assert.Null(Step(new ShardClaim(3, 7, Owner: null), [Other]));

    [Fact]
    public void A_shard_at_home_here_goes_on() => Assert.Null(Step(new ShardClaim(3, 7, Me), [Me], held: 7));

    [Fact]
    public void A_shard_whose_home_has_moved_is_handed_over() => Assert.Equal(new ShardStep.HandOver(3, 7), Step(new ShardClaim(3, 7, Me), [Other], held: 7));

    [Fact]
    public void A_shard_is_handed_over_though_nobody_is_there_to_take_it() => Assert.Equal(new ShardStep.HandOver(3, 7), Step(new ShardClaim(3, 7, Me), [], held: 7));

    [Theory]
    [InlineData(8, Other)]
    [InlineData(8, null)]
    public void A_shard_that_went_on_without_us_is_given_up(int epoch, string? owner) => Assert.Equal(new ShardStep.GiveUp(3), Step(new ShardClaim(3, epoch, owner), [Me], held: 7));

    [Fact]
    public void A_shard_whose_epoch_fell_is_given_up_because_nothing_we_append_would_count() =>
        Assert.Equal(new ShardStep.GiveUp(3), Step(new ShardClaim(3, 6, Other), [Me], held: 7));

    [Fact]
    public void A_claim_whose_answer_was_lost_is_made_again_under_a_new_epoch() => Assert.Equal(new ShardStep.Take(3, 8), Step(new ShardClaim(3, 7, Me), [Me]));

    [Fact]
    public void A_claim_whose_answer_was_lost_is_left_when_its_home_has_moved() => Assert.Equal(new ShardStep.HandOver(3, 7), Step(new ShardClaim(3, 7, Me), [Other]));

    [Fact]
    public void All_is_settled_when_every_home_works_its_shard()
    {
        Assert.True(ShardPlan.IsSettled(new Placement([Me]), [new ShardClaim(3, 7, Me)]));
        Assert.False(ShardPlan.IsSettled(new Placement([Me]), [new ShardClaim(3, 7, Other)]));
        Assert.False(ShardPlan.IsSettled(new Placement([Me]), [new ShardClaim(3, 7, Owner: null)]));
    }
}
