using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Protocols.Talos.Rules;

/// <summary>What a restart is wanted for.</summary>
public enum RestartPurpose
{
    /// <summary>The same system again, as fast as it can.</summary>
    SameSystem,

    /// <summary>The firmware has to choose anew: a rescue order waits for the next network boot.</summary>
    ThroughFirmware,
}

/// <summary>How Talos is told to restart.</summary>
public enum RebootMode
{
    /// <summary>By kexec wherever the kernel can: fast, past the firmware and past any rescue order.</summary>
    Default,

    /// <summary>Off and on again, through the firmware.</summary>
    PowerCycle,
}

/// <summary>The way to restart a node.</summary>
public abstract record RestartOrder
{
    private RestartOrder() { }

    /// <summary>Talos is asked, by a client with this role.</summary>
    public sealed record InBand(RebootMode Mode, TalosRole LeastRole) : RestartOrder;

    /// <summary>Talos takes no such order in its mode; only Robot can press the button.</summary>
    public sealed record RobotReset : RestartOrder;
}
