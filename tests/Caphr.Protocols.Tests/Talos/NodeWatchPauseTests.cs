using System.Net;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.Tests.Talos;

public sealed class NodeWatchPauseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Pauses_before_a_silent_node_double_up_to_the_longest_with_up_to_half_off_by_chance(int seed)
    {
        var closed = new IPEndPoint(IPAddress.Loopback, FreePort.Take());
        var clock = new PauseClock();
        var watch = new NodeWatch(closed, new ReconnectDelay(TimeSpan.FromHours(1), TimeSpan.FromHours(8)), clock, new Random(seed));

        // Twice, as the pause must not forget what it knows when its reader goes and comes back.
        for (var reader = 0; reader < 2; reader++)
        {
            var seen = 0;
            await foreach (var sighting in watch.FollowAsync(identity: null, CancellationToken.None))
            {
                Assert.Equal(new NodeSighting.Answered(new TalosPresence.NotListening(HostAnswers: true)), sighting);
                if (++seen == 3) break;
            }
        }

        double[] longest = [1, 2, 4, 8, 8];
        Assert.Equal(longest.Length, clock.Pauses.Count);
        Assert.All(clock.Pauses.Zip(longest), pair => Assert.InRange(pair.First.TotalHours, pair.Second / 2, pair.Second));
        Assert.NotEqual(longest, clock.Pauses.Select(pause => pause.TotalHours));
    }

    /// <summary>Lets long pauses pass at once and writes them down; the deadlines of calls, which are short, never come.</summary>
    private sealed class PauseClock : TimeProvider
    {
        private readonly List<TimeSpan> _pauses = [];

        public IReadOnlyList<TimeSpan> Pauses => _pauses;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromMinutes(10)) return new NoTimer();
            _pauses.Add(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new NoTimer();
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
