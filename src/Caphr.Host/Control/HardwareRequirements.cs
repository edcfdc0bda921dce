using Caphr.Actors.Allocation;
using Caphr.Protocols.Kubernetes.Resources;
using DiskKind = Caphr.Actors.Allocation.DiskKind;
using WantedKind = Caphr.Protocols.Kubernetes.Resources.DiskKind;

namespace Caphr.Host.Control;

/// <summary>What a machine's spec asks of the hardware, and what a host's status knows of it.</summary>
internal static class HardwareRequirements
{
    /// <summary>What the factory makes where nobody asks for anything else.</summary>
    private const string DefaultArchitecture = "amd64";

    private const string ById = "/dev/disk/by-id/";

    private static readonly Bounds s_atLeastOne = new(1, null);

    /// <summary>The processors that the factory's image is made for.</summary>
    public static string ArchitectureOf(HetznerRobotMachineSpec spec) => spec.Hardware?.Architecture ?? DefaultArchitecture;

    public static HardwareDemand? DemandOf(HetznerRobotMachineSpec spec) => spec.Hardware is { } wanted
        ? new HardwareDemand
        {
            Product = wanted.Product,
            Datacenter = wanted.Datacenter,
            Architecture = wanted.Architecture,
            Cpus = BoundsOf(wanted.Cpus),
            MemoryGiB = BoundsOf(wanted.MemoryGiB),
            NicSpeedMbit = BoundsOf(wanted.NicSpeedMbit),
            Disks = [.. (wanted.Disks ?? []).Select(disk => new DiskDemand(disk.Kind is { } kind ? KindOf(kind) : WantedDisks.Any, BoundsOf(disk.SizeGB) ?? default, BoundsOf(disk.Count) ?? s_atLeastOne))],
        }
        : null;

    /// <param name="product">As Robot tells it, which may be newer than what is shown.</param>
    public static HostHardware HardwareOf(ServerHardware? shown, string? product) => new()
    {
        Product = product is { Length: > 0 } ? product : shown?.Product,
        Architecture = shown?.Architecture,
        Cpus = shown?.Cpus,
        MemoryMiB = shown?.MemoryMiB,
        NicSpeedMbit = shown?.NicSpeedMbit,
        // Every server has a disk, so an empty list is that of nobody's looking.
        Disks = shown is { Disks: { Count: > 0 } disks } ? [.. disks.Select(DiskOf)] : null,
    };

    private static HostDisk DiskOf(ServerDisk disk) => new(
        disk switch
        {
            { Rotational: true } => DiskKind.Rotational,
            { Transport: "nvme" } => DiskKind.Nvme,
            _ => DiskKind.OtherFlash,
        },
        disk.SizeBytes ?? 0,
        disk.Healthy,
        disk.PercentageUsed,
        disk.PowerOnHours)
    {
        Names = [.. new[] { disk.Serial, disk.Wwn, disk.Path, disk.Path.Replace(ById, "", StringComparison.Ordinal) }.OfType<string>(), .. disk.OtherIds, .. disk.OtherIds.Select(id => ById + id)],
    };

    private static WantedDisks KindOf(WantedKind kind) => kind switch
    {
        WantedKind.Flash => WantedDisks.Flash,
        WantedKind.Nvme => WantedDisks.Nvme,
        WantedKind.Rotational => WantedDisks.Rotational,
    };

    private static Bounds? BoundsOf(WantedRange? range) => range is { Min: not null } or { Max: not null } ? new Bounds(range.Min, range.Max) : null;
}
