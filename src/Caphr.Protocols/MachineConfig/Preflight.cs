using Caphr.Protocols.MachineConfig.Facts;
using Caphr.Protocols.Talos;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>
/// What Talos would refuse a configuration for, found before a server is troubled with it: each refusal names the key and what to do.
/// Only what CAPHR places into, or users meet often, is looked at; the rest is Talos' own business.
/// </summary>
internal static class Preflight
{
    private const int DeepestLook = 64;

    /// <summary>The first release of each kind. A kind that is not named here is left to Talos.</summary>
    private static readonly (int Minor, string[] Kinds)[] s_kinds =
    [
        (10, ["UserVolumeConfig", "EthernetConfig", "PCIDriverRebindConfig"]),
        (11, ["RawVolumeConfig", "ExistingVolumeConfig", "SwapVolumeConfig", "ZswapConfig"]),
        (12, ["HostnameConfig", "LinkConfig", "VLANConfig", "BondConfig", "BridgeConfig", "DummyLinkConfig", "LinkAliasConfig", "WireguardConfig", "ResolverConfig",
            "TimeSyncConfig", "StaticHostConfig", "DHCPv4Config", "DHCPv6Config", "Layer2VIPConfig", "HCloudVIPConfig", "OOMConfig", "RegistryMirrorConfig",
            "RegistryAuthConfig", "RegistryTLSConfig"]),
        (13, ["BlackholeRouteConfig", "VRFConfig", "RoutingRuleConfig", "TCPProbeConfig", "KubeSpanConfig", "EnvironmentConfig", "ExternalVolumeConfig", "ImageVerificationConfig"]),
        (14, ["UnattendedInstallConfig", "RAIDArrayConfig", "LVMVolumeGroupConfig", "LVMLogicalVolumeConfig", "VethConfig", "KubeletConfig", "KubeNodeConfig",
            "KubeServiceAccountConfig", "KubeEtcdEncryptionConfig"]),
    ];

    /// <summary>What Talos takes in one place only.</summary>
    private static readonly (string Kind, string[] Path)[] s_once =
    [
        ("HostnameConfig", ["machine", "network", "hostname"]),
        ("ResolverConfig", ["machine", "network", "nameservers"]),
        ("ResolverConfig", ["machine", "network", "searchDomains"]),
        ("TimeSyncConfig", ["machine", "time", "servers"]),
        ("TimeSyncConfig", ["machine", "time", "bootTimeout"]),
        ("UnattendedInstallConfig", ["machine", "install"]),
        ("KubeletConfig", ["machine", "kubelet"]),
        ("KubeNodeConfig", ["machine", "nodeLabels"]),
        ("KubeNodeConfig", ["machine", "kubelet", "nodeIP"]),
        ("KubeServiceAccountConfig", ["cluster", "serviceAccount"]),
        ("KubeEtcdEncryptionConfig", ["cluster", "secretboxEncryptionSecret"]),
    ];

    /// <summary>Null, or why Talos would refuse.</summary>
    public static MachineConfigFailure? Check(ConfigurationDocuments documents, TalosVersion version) =>
        OfVersion(version) ?? OfPatches(documents) ?? OfKinds(documents, version) ?? OfTwins(documents) ?? OfRepetitions(documents);

    private static MachineConfigFailure? OfVersion(TalosVersion version) => version.IsKnown()
        ? null
        : new(MachineConfigError.UnknownTalosVersion,
            $"Talos {version.Major}.{version.Minor} is not known to CAPHR, which places facts for {FactPlan.Range}.");

    private static MachineConfigFailure? OfPatches(ConfigurationDocuments documents) =>
        documents.Others.Prepend(documents.Main).Select(document => PathOfPatch(document, "", 0) is { } path ? $"{Name(document)} {path}".TrimEnd() : null).FirstOrDefault(path => path is not null) is { } found
            ? new(MachineConfigError.PatchLeftOver, $"{found}: a strategic patch ($patch) was not applied. Talos knows no such key; give the patch to the bootstrap provider as a strategic patch.")
            : null;

    private static MachineConfigFailure? OfKinds(ConfigurationDocuments documents, TalosVersion version)
    {
        foreach (var (minor, kinds) in s_kinds)
        {
            if (version.IsAtLeast(minor)) continue;
            if (documents.Others.FirstOrDefault(document => kinds.Contains(document.Text("kind"))) is { } early)
            {
                return new(MachineConfigError.KindTooNew,
                    $"{Name(early)}: Talos {version.Major}.{version.Minor} does not know this kind, which came with 1.{minor}. Set talosVersion of the bootstrap configuration to the version that is installed.");
            }
        }

        return null;
    }

    private static MachineConfigFailure? OfTwins(ConfigurationDocuments documents) =>
        documents.Others.GroupBy(Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twins
            ? new(MachineConfigError.DocumentTwice, $"{twins.Key}: this document is there {twins.Count()} times; Talos takes it once. Patches that are to be merged must have the same kind and name as what they change.")
            : null;

    private static MachineConfigFailure? OfRepetitions(ConfigurationDocuments documents)
    {
        if (documents.Document("HostnameConfig") is not null && documents.Main.Text("machine", "features", "stableHostname") == "true")
            return Twice("machine.features.stableHostname", "HostnameConfig");
        foreach (var (kind, path) in s_once)
        {
            if (documents.Document(kind) is not null && !documents.Main.Find(path).IsNothing()) return Twice(string.Join('.', path), kind);
        }

        return null;
    }

    private static MachineConfigFailure Twice(string path, string kind) => new(
        MachineConfigError.SaidTwice,
        $"{path}: {kind} says it too, and Talos takes it in one place only. " + (kind == "HostnameConfig"
            ? "If the bootstrap provider wrote both, set its talosVersion: without one it writes the host name the old way."
            : $"Take it out of the main document, or give no {kind}."));

    /// <summary>Where a mapping still says how it was to be merged.</summary>
    private static string? PathOfPatch(YamlNode node, string path, int depth)
    {
        if (depth > DeepestLook) return null;
        return node switch
        {
            YamlMappingNode mapping when mapping.Children.ContainsKey(new YamlScalarNode("$patch")) => path,
            // What is merged or aliased is looked at where it stands.
            YamlMappingNode mapping => mapping.Children
                .Where(entry => entry.Value.Start.Index >= entry.Key.Start.Index)
                .Select(entry => PathOfPatch(entry.Value, $"{path}.{entry.Key}".TrimStart('.'), depth + 1)).FirstOrDefault(found => found is not null),
            YamlSequenceNode list => list.Children
                .Where(item => item.Start.Index >= list.Start.Index)
                .Select((item, i) => PathOfPatch(item, $"{path}[{i}]", depth + 1)).FirstOrDefault(found => found is not null),
            _ => null,
        };
    }

    private static string Name(YamlMappingNode document) => document.Text("kind") is not { Length: > 0 } kind ? "v1alpha1"
        : document.Text("name") is { Length: > 0 } name ? $"{kind}/{name}" : kind;
}
