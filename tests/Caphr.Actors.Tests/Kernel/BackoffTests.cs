using Caphr.Actors.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Actors.Tests.Kernel;

public class BackoffTests
{
    [Theory]
    [InlineData(0, 15)]
    [InlineData(1, 30)]
    [InlineData(4, 240)]
    [InlineData(5, 300)]
    [InlineData(10_000, 300)]
    public void The_delay_doubles_up_to_its_cap(int attempt, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            Backoff.Delay(attempt, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(5), jitter: 0.2, chance: 0.5));

    [Fact]
    public void Jitter_stays_within_its_share_and_under_the_cap() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt>(),
        Gen.Choose(0, 1000).ToArbitrary(),
        (attempt, chance) =>
        {
            var cap = TimeSpan.FromSeconds(10);
            var plain = Backoff.Delay(attempt.Get, TimeSpan.FromSeconds(1), cap, jitter: 0, chance: 0.5);
            var delay = Backoff.Delay(attempt.Get, TimeSpan.FromSeconds(1), cap, jitter: 0.25, chance / 1000.0);
            return delay >= plain * 0.749 && delay <= plain * 1.251 && delay <= cap;
        }).QuickCheckThrowOnFailure();
}
