using Caphr.Host.Control;

namespace Caphr.Host.Tests.Control;

public sealed class LookPaceTests
{
    [Theory]
    [InlineData(0, 6, 20)]
    [InlineData(1, 6, 20)]
    [InlineData(300, 6, 20)]
    [InlineData(30, 1_000, 60)]
    [InlineData(200, 10_000, 400)]
    [InlineData(1_500, 10_000, 3_000)]
    [InlineData(60_000, 10_000, 4_000)]
    public void Looks_at_many_servers_leave_time_for_what_they_decide_and_few_servers_do_not_wait(int lastLook, int hosts, int gathered) =>
        Assert.Equal(TimeSpan.FromMilliseconds(gathered), LookPace.After(TimeSpan.FromMilliseconds(lastLook), hosts));
}
