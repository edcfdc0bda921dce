using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.Talos;

/// <summary>The part of Talos' validation that a configuration without hardware facts, or a broken one, fails.</summary>
internal static class ConfigurationCheck
{
    /// <summary>Null, or why Talos refuses.</summary>
    public static string? Refusal(string configuration, TalosVersion version)
    {
        if (!ConfigurationDocuments.Parse(configuration).TryGet(out var documents, out var failure)) return failure.Detail;

        var errors = new List<string>();
        var type = Text(documents.Main.Find("machine", "type"));
        if (type is not ("controlplane" or "worker" or "init")) errors.Add($"invalid machine type \"{type}\"");
        if (!Uri.TryCreate(Text(documents.Main.Find("cluster", "controlPlane", "endpoint")), UriKind.Absolute, out _)) errors.Add("invalid controlplane endpoint");
        if (Text(documents.Main.Find("machine", "ca", "crt")).Length == 0) errors.Add("issuing CA is required: .machine.ca");
        if (version.HasMaintenanceService && !HasInstallDisk(documents.Main)) errors.Add("either install disk or diskSelector should be defined");

        return errors.Count == 0
            ? null
            : $"configuration validation failed: {errors.Count} error{(errors.Count == 1 ? "" : "s")} occurred:\n{string.Concat(errors.Select(error => $"\t* {error}\n"))}";
    }

    private static bool HasInstallDisk(YamlMappingNode main) =>
        Text(main.Find("machine", "install", "disk")).Length > 0 || main.Find("machine", "install", "diskSelector") is YamlMappingNode { Children.Count: > 0 };

    private static string Text(YamlNode? node) => (node as YamlScalarNode)?.Value ?? "";
}
