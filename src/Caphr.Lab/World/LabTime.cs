namespace Caphr.Lab.World;

/// <summary>Schedules what hardware does: spans are given in hardware time and run <see cref="Scale"/> times faster.</summary>
public sealed class LabTime(TimeProvider clock, double scale)
{
    private readonly long _began = clock.GetTimestamp();
    private long _jumpedTicks;

    public TimeProvider Clock { get; } = clock;

    public double Scale { get; } = scale > 0 ? scale : throw new ArgumentOutOfRangeException(nameof(scale), "The time scale must be above zero.");

    /// <summary>What the clocks on the datacenter's walls show. They can jump.</summary>
    public DateTimeOffset Now => Clock.GetUtcNow().AddTicks(Interlocked.Read(ref _jumpedTicks));

    /// <summary>Hardware time since the world began. No jump touches it.</summary>
    public TimeSpan Elapsed => Clock.GetElapsedTime(_began) * Scale;

    public TimeSpan Scaled(TimeSpan hardwareTime) => hardwareTime / Scale;

    /// <summary>As when a time server lies or a battery is changed: the clocks show something else, and nothing is due sooner for it.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumpedTicks, by.Ticks);

    public ITimer After(TimeSpan hardwareTime, Action action) =>
        Clock.CreateTimer(static state => ((Action)state!)(), action, Scaled(hardwareTime), Timeout.InfiniteTimeSpan);
}
