using System.Text.Json.Serialization;
using Caphr.Lab.World;

namespace Caphr.Lab.Cli.Admin;

/// <summary>The Lab at a glance.</summary>
internal sealed record LabView(
    string Clock, string World, double Speed, int Seed, int Servers, IReadOnlyDictionary<string, int> Running,
    IReadOnlyList<string> Faults, IReadOnlyList<string> Planned, string Kubernetes, string Robot, string Kubeconfig)
{
    public static LabView Of(Datacenter lab, string kubeconfig) => new(
        lab.World.Time.Now.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
        lab.World.Time.Elapsed.ToString(@"d\.hh\:mm\:ss", System.Globalization.CultureInfo.InvariantCulture),
        lab.World.Options.TimeScale,
        lab.World.Options.Seed,
        lab.World.Servers.Count,
        new SortedDictionary<string, int>(lab.World.Servers.CountBy(server => SystemText.Of(server.Running)).ToDictionary(), StringComparer.Ordinal),
        [.. lab.World.Faults.Standing.Select(fault => fault.ToString())],
        [.. lab.World.Faults.Waiting.Select(fault => fault.ToString())],
        lab.Kubernetes.BaseAddress.AbsoluteUri,
        lab.Robot.BaseAddress.AbsoluteUri,
        kubeconfig);
}

internal sealed record ServerView(int Number, string Address, string Mac, string Running, bool RescueOrdered, IReadOnlyList<DiskView> Disks, IReadOnlyList<string> Faults)
{
    public static ServerView Of(LabServer server) => new(
        server.Number, server.Address.ToString(), server.Description.PrimaryMac, SystemText.Of(server.Running), server.PendingRescue is not null,
        [.. server.Description.Disks.Select(DiskView.Of)], [.. server.Faults.Select(Words.Of)]);
}

internal sealed record DiskView(string Name, string Serial, string Wwn, long SizeBytes, string Content, IReadOnlyList<string> Signatures)
{
    public static DiskView Of(LabDisk disk) => new(disk.Name, disk.Serial, disk.Wwn, disk.SizeBytes, SystemText.Of(disk.Content), disk.Signatures);
}

internal sealed record Complaint(string Sentence);

[JsonSerializable(typeof(LabView))]
[JsonSerializable(typeof(ServerView))]
[JsonSerializable(typeof(IReadOnlyList<ServerView>))]
[JsonSerializable(typeof(Complaint))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class AdminJson : JsonSerializerContext;
