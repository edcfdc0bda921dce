namespace Caphr.Lab.World;

/// <summary>Schedules what hardware does: spans are given in hardware time and run <see cref="Scale"/> times faster.</summary>
public sealed class LabTime(TimeProvider clock, double scale)
{
    public TimeProvider Clock { get; } = clock;

    public double Scale { get; } = scale > 0 ? scale : throw new ArgumentOutOfRangeException(nameof(scale), "The time scale must be above zero.");

    public DateTimeOffset Now => Clock.GetUtcNow();

    public TimeSpan Scaled(TimeSpan hardwareTime) => hardwareTime / Scale;

    public ITimer After(TimeSpan hardwareTime, Action action) =>
        Clock.CreateTimer(static state => ((Action)state!)(), action, Scaled(hardwareTime), Timeout.InfiniteTimeSpan);
}
