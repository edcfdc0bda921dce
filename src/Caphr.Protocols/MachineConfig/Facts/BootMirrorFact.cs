using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class BootMirrorFact : IHardwareFact
{
    private const string Array = "boot";
    private const string Device = "/dev/disk/by-id/md-name-" + Array;

    public string Name => "mirrored boot disk";

    public string From => "the facts file; the controller does not set it, because Talos never makes the disk it booted from part of an array";

    public string Why => "Hetzner's usual server has two disks, and one of them will fail.";

    public string? Target(TalosVersion version) => version.IsAtLeast(14) ? "RAIDArrayConfig, and machine.install or UnattendedInstallConfig for the array" : null;

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.BootMirror is not { } mirror) return placing;
        if (!version.IsAtLeast(14)) return placing.Refuse("RAIDArrayConfig", $"Talos {version.Major}.{version.Minor} cannot start from a mirrored disk; 1.14 is the first that can");
        if (mirror.Wwns.Count < 2) return placing.Refuse("RAIDArrayConfig", "a mirror needs two disks");

        var members = YamlValue.Of(mirror.Wwns.Select(InstallDiskFact.Wwid)).Flow();
        placing = documents.OfKind("RAIDArrayConfig").Any()
            ? placing.Keep(Spot.In("RAIDArrayConfig", Array).Key, "", "the configuration describes arrays of its own")
            : placing.Append(
                "RAIDArrayConfig",
                Array,
                ("level", new YamlValue.Word("raid1")),
                // The only layout whose members look like plain disks to the firmware.
                ("metadata", YamlValue.Of("1.0")),
                ("provisioning", YamlValue.Of($"disk.wwid in {members}").Under(["volumeSelector", "match"])));

        return placing.Documents.Document(InstallDiskFact.UnattendedInstall) is not null
            ? placing.Put(Spot.In(InstallDiskFact.UnattendedInstall, null, "provisioning", "diskSelector", "match"), YamlValue.Of($"\"{Device}\" in disk.symlinks"))
            : placing.Put(Spot.Main("machine", "install", "disk"), YamlValue.Of(Device), Spot.Main("machine", "install", "diskSelector"));
    }
}
