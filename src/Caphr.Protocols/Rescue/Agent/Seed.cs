using System.Text;

namespace Caphr.Protocols.Rescue.Agent;

/// <summary>
/// An order to leave something on an installed disk before its first boot. Repeating it writes the same again. Each piece is read back.
/// </summary>
public sealed record SeedRequest(ServerIdentity Identity, DiskIdentity Disk, IReadOnlyList<SeededFile> Files, IReadOnlyList<SeededPartition> Partitions);

/// <param name="Partition">The label of one partition of the disk, with a file system that the rescue system can mount.</param>
/// <param name="Path">Below the partition's root.</param>
public sealed record SeededFile(string Partition, string Path, ReadOnlyMemory<byte> Content)
{
    // Machine configurations carry keys.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(null, $"Partition = {Partition}, Path = {Path}, Content = {Content.Length} bytes");
        return true;
    }
}

/// <summary>Written to the partition itself, from its beginning on.</summary>
public sealed record SeededPartition(string Partition, ReadOnlyMemory<byte> Content)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(null, $"Partition = {Partition}, Content = {Content.Length} bytes");
        return true;
    }
}

/// <param name="Written">Devices, each with the file on it.</param>
public sealed record SeedReport(IReadOnlyList<string> Written);
