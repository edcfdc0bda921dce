namespace Caphr.Simulation.Tests.Runs.Fleets;

/// <summary>So many resets within any hour: what nobody can get around, however fast he is.</summary>
internal sealed record ResetQuota(int PerHour)
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>
    /// The least time in which servers that take so long can be there, with one reset each. Whoever takes longest goes first, and the resets of each hour
    /// are pressed in its first moment.
    /// </summary>
    public TimeSpan Floor(IEnumerable<TimeSpan> hardware)
    {
        var slowestFirst = hardware.OrderDescending().ToList();
        return Enumerable.Range(0, HoursBefore(slowestFirst.Count) + 1).Max(hour => (hour * s_hour) + slowestFirst[hour * PerHour]);
    }

    /// <summary>Hours that are over before the last of them can be reset.</summary>
    public int HoursBefore(int servers) => (servers - 1) / PerHour;

    /// <summary>When each reset could have been pressed, the ones before it being when they were.</summary>
    public IEnumerable<TimeSpan> Possible(IReadOnlyList<TimeSpan> pressed) => pressed.Select((_, place) => place < PerHour ? TimeSpan.Zero : pressed[place - PerHour] + s_hour);

    /// <summary>The most that were made within any hour.</summary>
    public static int MostWithinAnHour(IEnumerable<TimeSpan> inOrder)
    {
        var (most, recent) = (0, new Queue<TimeSpan>());
        foreach (var at in inOrder)
        {
            recent.Enqueue(at);
            while (recent.Peek() <= at - s_hour) recent.Dequeue();
            most = Math.Max(most, recent.Count);
        }

        return most;
    }
}
