using Caphr.Actors.Kernel.Simulation;

namespace Caphr.Simulation.Tests.World;

/// <summary>The clock that one process sees: its timers end with it, and what it shows can be wrong. No span is.</summary>
internal sealed class ProcessClock(VirtualClock clock, ControllerProcess process) : TimeProvider
{
    public TimeSpan Wrong { get; set; }

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Wrong;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(held => process.Enter(() => callback(held)), state, dueTime, period);
}
