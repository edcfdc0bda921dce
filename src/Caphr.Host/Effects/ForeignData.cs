using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Host.Effects;

/// <summary>What lies on a disk that is not ours to destroy. The agent judges again, on the server, before it writes.</summary>
internal static class ForeignData
{
    private static readonly string[] s_tables = ["gpt", "dos", "PMBR"];

    /// <summary>The partitions that Talos makes, by label. One of them is on every disk that Talos was written to.</summary>
    private static readonly string[] s_talos = ["META", "STATE", "EPHEMERAL"];

    /// <summary>What the agent says of a disk that it cannot probe, which may hold anything.</summary>
    private const string Unreadable = "unreadable";

    /// <returns>The first signature of data, or null for an empty disk or one that holds an earlier Talos.</returns>
    public static string? On(InspectedDisk disk) => IsTalos(disk)
        ? disk.Signatures.FirstOrDefault(signature => signature is "ceph_bluestore" or "LVM2_member" or "linux_raid_member" or "zfs_member" or Unreadable)
        : disk.Signatures.FirstOrDefault(signature => !s_tables.Contains(signature)) ?? (disk.PartitionLabels.Count > 0 ? "partitions" : null);

    public static bool IsTalos(InspectedDisk disk) => disk.PartitionLabels.Any(label => s_talos.Contains(label));
}
