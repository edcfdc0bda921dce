using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>A server's hardware as its status shows it, and back: whoever may read the objects can see what a configuration is made of.</summary>
internal static class HardwareProjection
{
    private const string Devices = "/dev/";
    private const string ById = "/dev/disk/by-id/";

    public static ServerHardware? Of(ServerHardware? shown, ServerState state)
    {
        if (state.Record is not { } record) return shown;

        // Known to the server only while it is worked on, and true for as long as it is this server.
        var boot = BootOf(state) ?? state.Hardware?.Boot;
        return Seen(shown ?? new ServerHardware(), state.Hardware) with
        {
            Product = record.Product,
            Gateway = record.Gateway,
            Ipv6Network = record.Ipv6Network,
            SystemUUID = boot?.SystemUuid ?? shown?.SystemUUID,
            PrimaryMAC = boot?.PrimaryMac ?? shown?.PrimaryMAC,
            InstallDisk = state switch
            {
                ServerState.Held { Installed: { } disk } => Shown(disk),
                // What was installed before the journal was lost is known from here alone.
                ServerState.Held { Plan.AlreadyNode: true } => shown?.InstallDisk,
                _ => null,
            },
        };
    }

    public static ServerRecord? RecordIn(HetznerRobotHostStatus status) =>
        status is { Hardware: { } hardware } && status.Addresses.FirstOrDefault(address => address.Type == AddressType.ExternalIP) is { } external
            ? new ServerRecord(external.Address, hardware.Ipv6Network, hardware.Product ?? "", status.FailureDomain ?? "", hardware.Gateway)
            : null;

    public static DiskFacts? InstallDiskIn(HetznerRobotHostStatus status)
    {
        if (status.Hardware?.InstallDisk is not { } disk) return null;
        var byId = disk.Path.StartsWith(ById, StringComparison.Ordinal) ? disk.Path[ById.Length..] : null;
        var name = byId is null ? disk.Path[Devices.Length..] : "";
        return new DiskFacts(name, disk.Serial ?? "", disk.Wwn, byId, disk.SizeBytes ?? 0, disk.Rotational == true, Foreign: null);
    }

    public static ServerDisk Shown(DiskFacts disk) => new()
    {
        Path = disk.ById is { Length: > 0 } byId ? ById + byId : Devices + disk.Name,
        Serial = disk.Serial,
        Wwn = disk.Wwn,
        SizeBytes = disk.SizeBytes,
        Rotational = disk.Rotational,
    };

    /// <summary>As it was shown, where a lost journal knows nothing of it any more.</summary>
    private static ServerHardware Seen(ServerHardware shown, HardwareFacts? seen) => seen is null ? shown : shown with
    {
        Architecture = seen.Architecture,
        Cpus = seen.Cpus,
        MemoryMiB = seen.MemoryMiB,
        NicSpeedMbit = seen.NetworkMbit,
        Firmware = seen.Uefi ? "uefi" : "bios",
        BoardSerial = seen.BoardSerial,
        Disks = [.. seen.Disks.Select(disk => Shown(disk) with
        {
            OtherIds = disk.OtherIds,
            Model = disk.Model,
            Transport = disk.Transport,
            Healthy = disk.Healthy,
            PercentageUsed = disk.WearPercent,
            PowerOnHours = disk.PowerOnHours,
            Signatures = disk.Foreign is { } foreign ? [foreign] : disk.HasTalos ? ["talos"] : [],
        })],
    };

    private static RescueBoot? BootOf(ServerState state) => state switch
    {
        ServerState.Installing installing => installing.Boot,
        ServerState.Booting booting => booting.Boot,
        ServerState.Configuring configuring => configuring.Boot,
        ServerState.Wiping wiping => wiping.Boot,
        _ => null,
    };
}
