using Caphr.Actors.Servers;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Actors.Tests.Servers;

public sealed class RetryPauseTests
{
    [Fact]
    public void Every_pause_lies_between_three_quarters_of_its_step_and_five_minutes() =>
        Prop.ForAll(Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(0, 100_000).ToArbitrary(), (failures, step) =>
        {
            var full = Math.Min(15.0 * Math.Pow(2, failures - 1), 300);
            var pause = RetryPause.After(failures, new EffectKey(Life.Number, step)).TotalSeconds;
            return pause <= full && pause >= full * 0.75 - 0.001;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Servers_that_fail_together_do_not_return_together()
    {
        var pauses = Enumerable.Range(2938100, 50).Select(number => RetryPause.After(3, new EffectKey(new ServerNumber(number), 4))).Distinct();
        Assert.True(pauses.Count() > 40);
    }
}
