using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Simulation.Tests.Runs.Fleets;

namespace Caphr.Simulation.Tests;

public sealed class FleetTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Of five servers with two resets an hour, the third waits for the first, the fourth for the second, the fifth for the third.</summary>
    [Fact]
    public void A_ledger_made_by_hand_gives_the_numbers_that_a_person_finds_in_it()
    {
        int[] pressed = [10, 20, 3640, 3700, 7300];
        var ledger = pressed.SelectMany((at, index) => Life(index + 1, at)).OrderBy(entry => entry.World).ToList();
        var provisioned = pressed.Select((at, index) => (Server: index + 1, At: TimeSpan.FromSeconds(at + 200 + (10 * (index + 1)) + 5 + index))).ToDictionary(one => one.Server, one => one.At);
        List<RobotRequest> calls = [.. pressed.Select(at => Call(at, HttpMethod.Post, "/reset/{server}", 200)), .. pressed.Select(at => Call(at - 5, HttpMethod.Get, "/boot/{server}/rescue", 200)), Call(7290, HttpMethod.Get, "/boot/{server}/rescue", 403)];
        calls.Sort((one, other) => one.At.CompareTo(other.At));

        var story = FleetStory.From(ledger, provisioned, calls, s_noon) with { Whole = new ResetQuota(3), Share = new ResetQuota(2) };

        Assert.Equal(
            [
                "5 servers from apply to Provisioned: 2:05:59",
                "  1.979 of the floor by what Robot allows: 1:03:40, which is 1 h for 3 resets an hour, and 3:40 of hardware",
                "  1.020 of the floor by what CAPHR takes of it for new nodes: 2:03:30, which is 2 h for 2 resets an hour, and 3:30 of hardware",
                "hardware of one: median 3:50, slowest 4:10",
                "beyond the hardware, until its reset: p50 30.0 s, p99 80.0 s",
                "beyond the hardware, from there to Provisioned: p50 7.0 s, p99 9.0 s",
                "beyond the hardware, both: p50 37.0 s, p99 88.0 s",
                "for each: 1.00 resets, 1.20 other calls to Robot; 1 in all were refused for a quota",
                "  GET /boot/{server}/rescue: 1.20",
                "  POST /reset/{server}: 1.00",
                "  GET /boot: at most 2 within an hour, of 500",
                "  POST /reset: at most 2 within an hour, of 50",
            ],
            FleetReport.Lines(story));
    }

    [Fact]
    public void A_reset_that_came_to_nothing_takes_a_place_in_the_hour_and_is_no_hardware_time()
    {
        List<LedgerEntry> ledger = [Entry(1, 10, Fact.ResetPressed), .. Life(1, 900)];

        var story = FleetStory.From(ledger, new Dictionary<int, TimeSpan> { [1] = TimeSpan.FromSeconds(1115) }, [], s_noon);

        Assert.Equal(2, story.Presses.Count);
        Assert.Equal(new Passage(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1115), TimeSpan.FromSeconds(210)), story.Passages.Single());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(36)]
    public void In_no_order_is_a_fleet_there_before_its_floor(int perHour)
    {
        var random = new Random(perHour);
        var quota = new ResetQuota(perHour);
        for (var fleet = 0; fleet < 100; fleet++)
        {
            var hardware = Enumerable.Range(0, random.Next(1, 80)).Select(_ => TimeSpan.FromSeconds(random.Next(60, 9000))).ToArray();
            var floor = quota.Floor(hardware);
            random.Shuffle(hardware);

            Assert.True(hardware.Select((takes, place) => TimeSpan.FromHours(place / perHour) + takes).Max() >= floor);
            Assert.Equal(floor, hardware.OrderDescending().Select((takes, place) => TimeSpan.FromHours(place / perHour) + takes).Max());
        }
    }

    [Fact]
    public void Five_servers_are_there_within_seconds_of_what_their_hardware_takes()
    {
        using var run = new FleetRun(seed: 1, servers: 5);

        Assert.Null(run.Run());

        var story = run.Story;
        Assert.Equal((5, 5), (story.Passages.Count, story.Presses.Count));
        Assert.Equal(run.World.Clock.Elapsed, story.Makespan);
        Assert.Equal(run.World.Robot.Requests.Count, story.Calls.Count);
        Assert.InRange(story.Makespan / story.Share.Floor(story.Passages.Select(passage => passage.Hardware)), 1, 1.05);
        Assert.All(story.Passages, passage => Assert.InRange(passage.Hardware, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5)));
        Assert.All(story.Overheads(), one => Assert.InRange(one.UntilReset + one.After, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(6)));
    }

    private static IEnumerable<LedgerEntry> Life(int server, int pressed)
    {
        var at = pressed;
        yield return Entry(server, at, Fact.ResetPressed);
        yield return Entry(server, at += 100 + (10 * server), Fact.RescueBooted);
        yield return Entry(server, at += 1, Fact.DiskWriteStarted);
        yield return Entry(server, at += 40, Fact.DiskWritten);
        yield return Entry(server, at += 1, Fact.RebootedInBand);
        yield return Entry(server, at += 60, Fact.DiskBooted);
        yield return Entry(server, at += 1, Fact.ConfigurationApplied);
        yield return Entry(server, at + 50, Fact.TalosReady);
    }

    private static LedgerEntry Entry(int server, int second, Fact fact) => new(s_noon.AddSeconds(second), TimeSpan.FromSeconds(second), server, fact, "");

    private static RobotRequest Call(int second, HttpMethod method, string template, int status) => new(s_noon.AddSeconds(second), method, template, template, status);
}
