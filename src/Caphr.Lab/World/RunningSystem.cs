namespace Caphr.Lab.World;

/// <summary>What is running on a server right now. Everything that listens on the network follows from this.</summary>
public abstract record RunningSystem
{
    private RunningSystem() { }

    public sealed record PoweredOff : RunningSystem;

    /// <summary>Firmware, network boot or a kernel on its way: nothing answers.</summary>
    public sealed record Booting(string What) : RunningSystem;

    /// <summary>The firmware found nothing to boot.</summary>
    public sealed record Stuck : RunningSystem;

    /// <summary>Hetzner's rescue system. <paramref name="BootId"/> is new at every boot, and so is its SSH host key.</summary>
    public sealed record Rescue(int BootId, RescueOrder Order) : RunningSystem;

    /// <summary>Some Linux that answers on port 22 and accepts none of our keys.</summary>
    public sealed record Linux(string HostName) : RunningSystem;

    /// <summary>Talos without a configuration: the unauthenticated maintenance API listens.</summary>
    public sealed record TalosMaintenance(int BootId, string Version) : RunningSystem;

    /// <summary>Talos with a configuration. Until <paramref name="Ready"/> its stage is booting.</summary>
    public sealed record TalosConfigured(int BootId, string Version, string MachineConfiguration, bool Ready) : RunningSystem;
}

/// <summary>A one-shot order for the next network boot: who may log in to it, and until when it waits.</summary>
public sealed record RescueOrder(string Password, IReadOnlyList<string> AuthorizedFingerprints, IReadOnlyList<string> AuthorizedKeys, DateTimeOffset ExpiresAt);

public enum ResetKind
{
    Software,
    Hardware,
    Power,
    PowerLong,
    Manual,
}
