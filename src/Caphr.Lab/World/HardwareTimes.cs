namespace Caphr.Lab.World;

/// <summary>
/// How long real hardware takes, before the Lab's time scale is applied. The values are the typical ones seen on Hetzner's
/// dedicated servers; a server draws its own from a spread around them.
/// </summary>
public sealed record HardwareTimes
{
    public static readonly HardwareTimes Typical = new();

    /// <summary>From a reset until the old system stops answering.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Power-on self test, until the firmware asks the network.</summary>
    public TimeSpan SelfTest { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>From the network answering with a rescue order until sshd listens.</summary>
    public TimeSpan RescueBoot { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>From the network declining until the disk's boot loader runs.</summary>
    public TimeSpan NetworkFallThrough { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Streaming and writing a Talos image.</summary>
    public TimeSpan ImageWrite { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>From the boot loader (or a kexec) until the Talos API listens.</summary>
    public TimeSpan TalosBoot { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>From an accepted machine configuration until Talos is running and ready.</summary>
    public TimeSpan TalosJoin { get; init; } = TimeSpan.FromSeconds(50);
}
