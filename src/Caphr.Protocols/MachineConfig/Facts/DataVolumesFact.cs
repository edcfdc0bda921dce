using System.Text.RegularExpressions;
using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed partial class DataVolumesFact : IHardwareFact
{
    private const string Raw = "RawVolumeConfig";
    private const string User = "UserVolumeConfig";

    public string Name => "data volumes";

    public string From => "the machine's dataVolumes";

    public string Why => "Storage systems and local volumes want partitions beside Talos' own, on disks that only the server's inventory tells apart.";

    public string? Target(TalosVersion version) => version.IsAtLeast(11) ? $"{Raw}, {User}" : version.IsAtLeast(10) ? User : null;

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        foreach (var volume in facts.DataVolumes)
        {
            var kind = volume.Kind == DataVolumeKind.Raw ? Raw : User;
            var key = $"{kind}/{volume.Name}";
            if (Problem(volume, kind, documents, version) is { } problem) return placing.Refuse(key, problem);
            placing = documents.Document(kind, volume.Name) is not null
                ? placing.Keep(key, "", $"the configuration has {key}")
                : placing.Append(kind, volume.Name, [.. Body(volume)]);
        }

        return placing;
    }

    private static string? Problem(DataVolume volume, string kind, ConfigurationDocuments documents, TalosVersion version)
    {
        if (!NamePattern().IsMatch(volume.Name)) return "a volume's name has 1 to 34 letters, digits and hyphens";
        // Rook looks for its own partitions by this word in their labels, and passes over those it has not made itself.
        if (volume.Name.Contains("ceph", StringComparison.OrdinalIgnoreCase)) return "the name contains \"ceph\", and Ceph's own tools would pass such a partition over";
        if (kind == Raw && !version.IsAtLeast(11)) return $"Talos {version.Major}.{version.Minor} knows no raw volumes; 1.11 is the first that does";
        if (kind == User && !version.IsAtLeast(10)) return $"Talos {version.Major}.{version.Minor} knows no user volumes; 1.10 is the first that does";
        if (volume.MinSize is null && volume.MaxSize is null) return "minSize or maxSize is needed";
        if ((volume.MinSize is { } min && !Sizes.IsSize(min)) || (volume.MaxSize is { } max && !Sizes.IsSize(max))) return "a size is not written like 100GiB";
        if (kind == Raw && volume.Filesystem is not null) return "a raw volume has no filesystem";
        if (volume.Filesystem is not (null or "xfs" or "ext4" or "btrfs")) return "the filesystem must be xfs, ext4 or btrfs";
        return string.IsNullOrWhiteSpace(volume.DiskMatch) ? "diskMatch is empty" : null;
    }

    private static IEnumerable<(string Key, YamlValue Value)> Body(DataVolume volume)
    {
        var provisioning = new List<(string, YamlValue)> { ("diskSelector", YamlValue.Of(volume.DiskMatch).Under(["match"])) };
        if (volume.MinSize is { } min) provisioning.Add(("minSize", YamlValue.Of(min)));
        if (volume.MaxSize is { } max) provisioning.Add(("maxSize", YamlValue.Of(max)));
        yield return ("provisioning", new YamlValue.Map(provisioning));
        if (volume.Filesystem is { } filesystem) yield return ("filesystem", YamlValue.Of(("type", YamlValue.Of(filesystem))));
    }

    [GeneratedRegex("^[A-Za-z0-9-]{1,34}$")]
    private static partial Regex NamePattern();
}
