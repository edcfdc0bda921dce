using System.Globalization;
using Caphr.Actors.Journal;

namespace Caphr.Actors.Tests.Journal;

public class ShardsTests
{
    // These numbers are in journals: if this test fails, the hash has changed, and that must not be.
    [Theory]
    [InlineData("", 4)]
    [InlineData("server-1", 87)]
    [InlineData("server-2938101", 15)]
    [InlineData("grüße", 94)]
    public void The_shard_of_a_name_never_changes(string persistenceId, int shard) => Assert.Equal(shard, Shards.Of(persistenceId));

    [Fact]
    public void Servers_spread_over_all_shards()
    {
        var sizes = Enumerable.Range(2_938_000, 3000).GroupBy(number => Shards.Of(string.Create(CultureInfo.InvariantCulture, $"server-{number}"))).Select(shard => shard.Count()).ToArray();

        Assert.Equal(Shards.Count, sizes.Length);
        Assert.True(sizes.Max() < 60, $"The largest shard holds {sizes.Max()} of 3000 servers.");
    }
}
