using Caphr.Actors.Kernel.Simulation;

namespace Caphr.Actors.Tests.Kernel;

/// <summary>What the real clock refuses, the virtual one must refuse too, or a simulation proves what production does not do.</summary>
public class VirtualClockTests
{
    private readonly VirtualClock _clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_disposed_timer_cannot_be_set_again()
    {
        var fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, state: null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();

        Assert.False(timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
        Assert.False(_clock.MoveToNext(TimeSpan.FromSeconds(2)));
        Assert.Equal(0, fired);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(60)]
    public void A_time_that_no_timer_can_be_set_for_is_refused(int days) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.CreateTimer(_ => { }, state: null, TimeSpan.FromDays(days), Timeout.InfiniteTimeSpan));
}
