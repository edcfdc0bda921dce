using Caphr.Lab.World.Faults;

namespace Caphr.Lab.World.Deeds;

/// <summary>
/// Does to a new world, on a clock of its own, what was done to another one. Only hardware is played: of Robot, SSH and Talos there is what
/// they did to it. What is not recorded because it is secret has a stand-in.
/// </summary>
public static class Replay
{
    private const string SomeConfiguration = "version: v1alpha1\n";

    private static readonly TimeSpan s_untilAllIsQuiet = TimeSpan.FromHours(2);

    /// <returns>The world, two hours after the last deed.</returns>
    public static LabWorld Run(Recording recording)
    {
        var clock = new ManualClock();
        var world = new LabWorld(recording.World, clock);
        foreach (var deed in recording.Deeds)
        {
            var ahead = world.Time.Scaled(deed.At - world.Time.Elapsed);
            if (ahead > TimeSpan.Zero) clock.Advance(ahead);
            Do(world, deed);
        }

        clock.Advance(world.Time.Scaled(s_untilAllIsQuiet));
        return world;
    }

    private static void Do(LabWorld world, Deed deed)
    {
        if (deed.Kind == DeedKind.PlanFault)
        {
            // A part that is not played here cannot be broken, and what that did to the hardware is a deed of its own.
            if (FaultText.Read(deed.What).TryGet(out var planned, out _)) world.Faults.Plan(planned);
        }
        else if (deed.Kind == DeedKind.HealFault)
        {
            if (deed.What == FaultText.Everything) world.Faults.HealAll();
            else if (FaultText.Read(deed.What).TryGet(out var fault, out _)) world.Faults.Heal(fault.What);
        }
        else if (world.Find(deed.Server) is { } server)
        {
            Do(server, deed);
        }
    }

    private static void Do(LabServer server, Deed deed)
    {
        switch (deed.Kind)
        {
            case DeedKind.OrderRescue:
                server.OrderRescue("", [], []);
                break;
            case DeedKind.CancelRescue:
                server.CancelRescue();
                break;
            case DeedKind.PressReset when Words.Find<ResetKind>(deed.What) is { } kind:
                server.PressReset(kind);
                break;
            case DeedKind.RebootInBand:
                server.RebootInBand(kexec: deed.What == "kexec");
                break;
            case DeedKind.Configure:
                server.ApplyConfiguration(SomeConfiguration);
                break;
            case DeedKind.StoreConfiguration:
                server.StoreConfiguration(SomeConfiguration);
                break;
            case DeedKind.ForgetConfiguration:
                server.ForgetConfiguration();
                break;
            case DeedKind.UpgradeTalos:
                server.UpgradeTalos(deed.What);
                break;
            case DeedKind.ResetTalos:
                server.ResetTalos(reboot: deed.What == "reboot");
                break;
            case DeedKind.BlockNetworkBoot:
                server.BlockNetworkBoot(isBlocked: deed.What == "blocked");
                break;
            default:
                DoToDisk(server, deed);
                break;
        }
    }

    private static void DoToDisk(LabServer server, Deed deed)
    {
        var words = deed.What.Split(' ', 3);
        if (server.FindDisk(disk => disk.Serial == words[0]) is not { } disk) return;
        switch (deed.Kind, words)
        {
            case (DeedKind.OpenDisk, _):
                server.BeginDiskWrite(disk, Rest(deed.What));
                break;
            case (DeedKind.WriteDisk, [_, var version, var what]):
                server.WriteDisk(disk, version == LabServer.NothingWritten ? null : version, what, _ => { });
                break;
            case (DeedKind.WipeDisk, _):
                server.WipeDisk(disk);
                break;
            case (DeedKind.WipeDiskFully, _):
                server.WipeDiskFully(disk, Rest(deed.What), () => { });
                break;
            case (DeedKind.EnterDisk, [_, var content, var what]):
                server.EndDiskWrite(disk, Content(content), what);
                break;
            default:
                break;
        }
    }

    private static string Rest(string what) => what.Split(' ', 2) is [_, var rest] ? rest : "";

    private static DiskContent Content(string content) => content switch
    {
        LabServer.OtherSystem => new DiskContent.OldLinux(content),
        _ when content.EndsWith(LabServer.Configured, StringComparison.Ordinal) => new DiskContent.Talos(content[..^LabServer.Configured.Length], SomeConfiguration),
        _ => new DiskContent.Talos(content, MachineConfiguration: null),
    };
}
