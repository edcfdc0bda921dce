using System.Globalization;
using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// What a HetznerRobotMachineTemplate shows: the node that the cluster autoscaler may count on when it scales a group up from none. It is the least of
/// what the servers give that could be claimed for it, for too little only costs a server and too much leaves a pod without a place.
/// </summary>
internal static class MachineTemplateProjection
{
    private const long BytesInMiB = 1 << 20;

    public static HetznerRobotMachineTemplateStatus Of(HetznerRobotMachineTemplate template, WorldView world)
    {
        var spec = template.Spec.Template.Spec;
        var search = HostSearch.For(spec, new ClaimId(""), new ObjectName(template.Metadata.Namespace, template.Metadata.Name), default);
        var suitable = world.Offers.Where(offer => Allocator.Suits(search, offer)).ToList();
        var free = suitable.FindAll(IsFree);
        // What is known of a group stays true while all its servers are away or not inspected again yet.
        return template.Status with
        {
            Capacity = Capacity(spec, free) ?? Capacity(spec, suitable) ?? template.Status.Capacity,
            NodeInfo = Platform(search, free.Count > 0 ? free : suitable) is { } architecture
                ? new TemplateNodeInfo { Architecture = architecture, OperatingSystem = "linux" }
                : template.Status.NodeInfo,
        };
    }

    /// <summary>Nobody writes a HetznerRobotHostRelease for a Machine that the autoscaler has yet to make.</summary>
    private static bool IsFree(HostOffer offer) => offer is { TakenBy: null, Maintenance: false, Phase: ServerPhase.Available, ReleasedFor: null };

    private static Dictionary<string, string>? Capacity(HetznerRobotMachineSpec spec, IReadOnlyList<HostOffer> offers)
    {
        var known = offers.Select(offer => offer.Hardware).Where(hardware => hardware is { Cpus: not null, MemoryMiB: not null }).ToList();
        if (known.Count == 0) return null;
        var capacity = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["cpu"] = Text(known.Min(hardware => hardware.Cpus!.Value)),
            ["memory"] = Text(known.Min(hardware => hardware.MemoryMiB!.Value)) + "Mi",
        };
        // In MiB, as memory is: a quantity of many bytes is hard to read.
        if (known.Select(SystemDisk).Append(DiskSize.BytesIn(spec.EphemeralSize)).Min() is { } bytes && known.TrueForAll(hardware => hardware.Disks is not null))
            capacity["ephemeral-storage"] = Text(bytes / BytesInMiB) + "Mi";
        return capacity;
    }

    /// <summary>The disk that CAPHR chooses where nothing else is said and nothing speaks against it: flash first, then the smallest.</summary>
    private static long? SystemDisk(HostHardware hardware) =>
        hardware.Disks?.OrderBy(disk => disk.Kind == Actors.Allocation.DiskKind.Rotational).ThenBy(disk => disk.SizeBytes).Select(disk => (long?)disk.SizeBytes).FirstOrDefault();

    private static string? Platform(WaitingMachine search, IReadOnlyList<HostOffer> offers) => search.ImageArchitecture
        ?? (offers.Select(offer => offer.Hardware.Architecture).OfType<string>().Distinct().ToList() is [var only] ? only : null);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
