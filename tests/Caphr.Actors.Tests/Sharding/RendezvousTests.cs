using Caphr.Actors.Journal;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Tests.Sharding;

public sealed class RendezvousTests
{
    private static readonly string[] s_three = ["caphr-0.aaaa", "caphr-1.bbbb", "caphr-2.cccc"];

    private static Dictionary<int, string?> Homes(params string[] members) => Enumerable.Range(0, Shards.Count).ToDictionary(shard => shard, shard => Rendezvous.HomeOf(shard, members));

    [Fact]
    public void Nobody_is_home_to_a_shard_without_members() => Assert.Null(Rendezvous.HomeOf(5, []));

    [Fact]
    public void The_order_in_which_members_are_seen_does_not_matter() => Assert.Equal(Homes(s_three), Homes([.. s_three.Reverse()]));

    [Fact]
    public void When_a_member_goes_only_its_shards_move()
    {
        var before = Homes(s_three);
        var after = Homes(s_three[..2]);

        Assert.All(before.Where(home => home.Value != s_three[2]), home => Assert.Equal(home.Value, after[home.Key]));
        Assert.DoesNotContain(s_three[2], after.Values);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Members_whose_names_differ_in_one_letter_share_fairly(int members)
    {
        var names = Enumerable.Range(0, members).Select(i => $"caphr-{i}.5f3a").ToArray();

        var shares = Homes(names).Values.CountBy(home => home!).ToDictionary();

        Assert.Equal(members, shares.Count);
        Assert.All(shares, share => Assert.InRange(share.Value, Shards.Count / members / 2, Shards.Count / members * 2));
    }

    /// <summary>Two releases that disagree would leave a shard to each other, or take it from each other, for as long as an upgrade takes.</summary>
    [Fact]
    public void Homes_are_the_same_in_every_release() =>
        Assert.Equal("01100201011022121102", string.Concat(Enumerable.Range(0, 20).Select(shard => Array.IndexOf(s_three, Rendezvous.HomeOf(shard, s_three)))));
}
