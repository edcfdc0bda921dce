using System.Diagnostics;
using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class InstallDiskFact : IHardwareFact
{
    public const string UnattendedInstall = "UnattendedInstallConfig";

    private static readonly Spot s_disk = Spot.Main("machine", "install", "disk");
    private static readonly Spot s_selector = Spot.Main("machine", "install", "diskSelector");

    public string Name => "install disk";

    public string From => "inspection in the rescue system, by WWN, serial number or by-id path";

    public string Why => "Device names change between the rescue system and Talos. Up to 1.12 a node in maintenance refuses a configuration without an install disk, even where Talos is on the disk already.";

    public string Target(TalosVersion version) =>
        version.IsAtLeast(14) ? "machine.install; UnattendedInstallConfig, where there is one, is left alone" : "machine.install";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.InstallDisk is null || facts.BootMirror is not null) return placing;

        var (spot, value) = facts.InstallDisk switch
        {
            InstallDisk.ByWwn(var wwn) => (Spot.Main("machine", "install", "diskSelector", "wwid"), Wwid(wwn)),
            InstallDisk.BySerial(var serial) => (Spot.Main("machine", "install", "diskSelector", "serial"), serial),
            InstallDisk.ByPath(var path) => (s_disk, path),
            _ => throw new UnreachableException(),
        };
        return version.IsAtLeast(14) && documents.Document(UnattendedInstall) is not null
            ? placing.Keep(spot.Key, "", $"the configuration has a document {UnattendedInstall}")
            : placing.Put(spot, YamlValue.Of(value), s_disk, s_selector);
    }

    /// <summary>The rescue system writes a SATA disk's name as a number; Talos names the registry it comes from.</summary>
    public static string Wwid(string wwn) => wwn.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? "naa." + wwn[2..] : wwn;
}
