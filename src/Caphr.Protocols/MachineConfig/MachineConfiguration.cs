using System.Diagnostics;
using System.Text;
using Caphr.Protocols.Talos;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>
/// Adds what CAPHR knows about a server's hardware to the machine configuration somebody else generated, and nothing else. What the
/// configuration says already is kept; placing twice changes nothing.
/// </summary>
public static class MachineConfiguration
{
    public static Outcome<PlacedConfiguration, MachineConfigFailure> Place(string documents, HardwareFacts facts, TalosVersion version)
    {
        if (!ConfigurationDocuments.Parse(documents).TryGet(out var parsed, out var failure)) return failure;

        var text = documents;
        var placements = new List<Placement>();
        foreach (var fact in Plan(facts, version))
        {
            var (changed, placement) = Place(text, parsed, fact);
            placements.Add(placement);
            if (placement.Result != PlacementResult.Placed) continue;

            text = changed;
            parsed = ConfigurationDocuments.Parse(text).Value;
        }

        return new PlacedConfiguration(text, placements);
    }

    private static IEnumerable<FactToPlace> Plan(HardwareFacts facts, TalosVersion version)
    {
        if (facts.InstallDisk is { } disk) yield return Disk(disk, version);
        if (facts.ProviderId is { } providerId)
        {
            yield return new FactToPlace(["machine", "kubelet", "extraArgs", "provider-id"], providerId)
            {
                YieldsTo = [["machine", "kubelet", "extraArgs", "provider-id"], ["machine", "kubelet", "extraConfig", "providerID"]],
            };
        }
    }

    /// <summary>
    /// Up to 1.12 a node in maintenance refuses a configuration without an install disk, even where Talos is on the disk already; later
    /// versions take it as what an upgrade installs to.
    /// </summary>
    private static FactToPlace Disk(InstallDisk disk, TalosVersion version)
    {
        (string[] path, string value) = disk switch
        {
            InstallDisk.ByWwn(var wwn) => (["machine", "install", "diskSelector", "wwid"], Wwid(wwn)),
            InstallDisk.BySerial(var serial) => (["machine", "install", "diskSelector", "serial"], serial),
            InstallDisk.ByPath(var at) => (new[] { "machine", "install", "disk" }, at),
            _ => throw new UnreachableException(),
        };
        return new FactToPlace(path, value)
        {
            YieldsTo = [["machine", "install", "disk"], ["machine", "install", "diskSelector"]],
            YieldsToKind = (version.Major, version.Minor).CompareTo((1, 14)) >= 0 ? "UnattendedInstallConfig" : null,
        };
    }

    /// <summary>The rescue system writes a SATA disk's name as a number; Talos names the registry it comes from.</summary>
    private static string Wwid(string wwn) => wwn.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? "naa." + wwn[2..] : wwn;

    private static (string Text, Placement Placement) Place(string text, ConfigurationDocuments parsed, FactToPlace fact)
    {
        var key = string.Join('.', fact.Path);
        if (fact.YieldsToKind is { } kind && parsed.Others.Any(document => document.Find("kind") is YamlScalarNode { Value: { } found } && found == kind))
            return (text, new Placement(key, PlacementResult.Kept, "", $"the configuration has a document {kind}"));

        foreach (var path in fact.YieldsTo)
        {
            var found = parsed.Main.Find(path);
            if (found.IsNothing()) continue;
            var value = (found as YamlScalarNode)?.Value ?? (parsed.Main.Find(fact.Path) as YamlScalarNode)?.Value ?? "";
            return (text, new Placement(key, PlacementResult.Kept, value, $"the configuration sets {string.Join('.', path)}"));
        }

        var (changed, refusal) = YamlInsertion.Insert(text, parsed.Main, fact.Path, Quoted(fact.Value));
        if (changed is null) return (text, new Placement(key, PlacementResult.Refused, "", refusal!));

        // YAML has more shapes than the insertion knows. What it made is read again before anybody believes it.
        return ConfigurationDocuments.Parse(changed).TryGet(out var after, out _) && after.Main.Find(fact.Path) is YamlScalarNode { Value: { } written } && written == fact.Value
            ? (changed, new Placement(key, PlacementResult.Placed, fact.Value, "known from the hardware"))
            : (text, new Placement(key, PlacementResult.Refused, "", "the configuration is written in a way that nothing can be added to safely"));
    }

    /// <summary>In double quotes, where no value can be mistaken for a number, a comment or a structure.</summary>
    private static string Quoted(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in value)
        {
            if (character is '"' or '\\') quoted.Append('\\').Append(character);
            else if (char.IsControl(character)) throw new ArgumentException("A fact about hardware holds no control characters.", nameof(value));
            else quoted.Append(character);
        }

        return quoted.Append('"').ToString();
    }

    private sealed record FactToPlace(string[] Path, string Value)
    {
        /// <summary>Where the configuration may have said it already, in whatever form.</summary>
        public required string[][] YieldsTo { get; init; }

        public string? YieldsToKind { get; init; }
    }
}
