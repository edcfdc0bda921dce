using Caphr.Lab.World;

namespace Caphr.Lab.Cli.Admin;

/// <summary>What runs, and what would, in a word or two. No machine configuration is shown.</summary>
internal static class SystemText
{
    public static string Of(RunningSystem running) => running switch
    {
        RunningSystem.PoweredOff => "off",
        RunningSystem.Booting booting => $"booting ({booting.What})",
        RunningSystem.Stuck => "nothing to boot",
        RunningSystem.Rescue => "rescue",
        RunningSystem.Linux linux => $"linux {linux.HostName}",
        RunningSystem.TalosMaintenance talos => $"talos {talos.Version} in maintenance",
        RunningSystem.TalosConfigured { Ready: true } talos => $"talos {talos.Version}",
        RunningSystem.TalosConfigured talos => $"talos {talos.Version} joining",
        _ => throw new ArgumentOutOfRangeException(nameof(running)),
    };

    public static string Of(DiskContent content) => content switch
    {
        DiskContent.Empty => "empty",
        DiskContent.HalfWritten => "half written",
        DiskContent.OldLinux linux => $"linux {linux.HostName}",
        DiskContent.Talos talos => $"talos {talos.Version}",
        _ => throw new ArgumentOutOfRangeException(nameof(content)),
    };
}
