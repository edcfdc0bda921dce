using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.Talos;

/// <summary>What Talos knows of the documents beside the main one: since when there is a kind, which keys it has, and what must hold of them.</summary>
internal static class DocumentRules
{
    private static readonly string[] s_link = ["name", "up", "mtu", "addresses", "routes", "multicast"];
    private static readonly string[] s_volume = ["name", "provisioning", "encryption", "filesystem", "mount", "volumeType", "trim", "scrub"];

    /// <summary>First release of each kind the Lab knows, and its keys. Of other kinds nothing is said.</summary>
    private static readonly FrozenDictionary<string, (int Minor, string[] Keys)> s_kinds = new Dictionary<string, (int, string[])>
    {
        ["VolumeConfig"] = (8, s_volume),
        ["UserVolumeConfig"] = (10, s_volume),
        ["RawVolumeConfig"] = (11, s_volume),
        ["HostnameConfig"] = (12, ["hostname", "auto"]),
        ["LinkConfig"] = (12, s_link),
        ["VLANConfig"] = (12, [.. s_link, "vlanID", "vlanMode", "parent"]),
        ["LinkAliasConfig"] = (12, ["name", "selector"]),
        ["DHCPv4Config"] = (12, ["name", "routeMetric", "ignoreHostname", "ignoreRoutes", "clientIdentifier", "duidRaw"]),
        ["ResolverConfig"] = (12, ["nameservers", "searchDomains", "hostDNS"]),
        ["TimeSyncConfig"] = (12, ["enabled", "bootTimeout", "ntp", "ptp"]),
        ["UnattendedInstallConfig"] = (14, ["reboot", "installer", "provisioning"]),
        ["RAIDArrayConfig"] = (14, ["name", "level", "metadata", "provisioning"]),
        ["KubeletConfig"] = (14, ["image", "config", "extraArgs", "clusterDNS", "defaultRuntimeSeccompProfileEnabled"]),
        ["KubeNodeConfig"] = (14, ["skipNodeRegistration", "registerWithFQDN", "nodeIP", "labels", "annotations", "taints"]),
    }.ToFrozenDictionary();

    /// <summary>What cannot stand in the main document beside a document of its own.</summary>
    private static readonly (string Kind, string[] Path, string Words)[] s_once =
    [
        ("HostnameConfig", ["machine", "network", "hostname"], "static hostname is already set in v1alpha1 config"),
        ("ResolverConfig", ["machine", "network", "searchDomains"], ".machine.network.searchDomains is already set in v1alpha1 config"),
        ("ResolverConfig", ["machine", "network", "nameservers"], ".machine.network.nameservers is already set in v1alpha1 config"),
        ("ResolverConfig", ["machine", "network", "disableSearchDomain"], ".machine.network.disableSearchDomain is already set in v1alpha1 config"),
        ("TimeSyncConfig", ["machine", "time", "servers"], "time servers cannot be specified in both v1alpha1 and new-style configuration"),
        ("TimeSyncConfig", ["machine", "time", "bootTimeout"], "boot timeout cannot be specified in both v1alpha1 and new-style configuration"),
        ("UnattendedInstallConfig", ["machine", "install"], "UnattendedInstallConfig config is incompatible with v1alpha1 config (.machine.install)"),
        ("KubeletConfig", ["machine", "kubelet"], "kubelet config is already set in v1alpha1 config (.machine.kubelet)"),
        ("KubeNodeConfig", ["machine", "kubelet", "nodeIP"], ".machine.kubelet.nodeIP is already set in v1alpha1 config"),
        ("KubeNodeConfig", ["machine", "nodeLabels"], ".machine.nodeLabels is already set in v1alpha1 config"),
        ("KubeServiceAccountConfig", ["cluster", "serviceAccount"], "service account is already set in v1alpha1 config (.cluster.serviceAccount)"),
        ("KubeEtcdEncryptionConfig", ["cluster", "secretboxEncryptionSecret"], "etcd encryption config is already set in v1alpha1 config"),
    ];

    /// <summary>Of each of these families only one document may have a name.</summary>
    public static IReadOnlyList<string[]> OneOfAName { get; } =
    [
        ["LinkConfig", "VLANConfig", "BondConfig", "BridgeConfig", "DummyLinkConfig", "WireguardConfig"],
        ["UserVolumeConfig", "RawVolumeConfig", "ExistingVolumeConfig", "ExternalVolumeConfig"],
    ];

    public static bool IsRegistered(string kind, TalosVersion version) => !s_kinds.TryGetValue(kind, out var known) || (version.Major, version.Minor).CompareTo((1, known.Minor)) >= 0;

    public static string[]? KeysOf(string kind) => s_kinds.TryGetValue(kind, out var known) ? known.Keys : null;

    public static IEnumerable<string> Errors(YamlMappingNode document, YamlMappingNode main)
    {
        var kind = document.Text("kind");
        IEnumerable<string?> errors = kind switch
        {
            "HostnameConfig" => Hostname(document, main),
            "LinkConfig" => Link(document),
            "VLANConfig" => [.. Vlan(document), .. Link(document)],
            "LinkAliasConfig" => [Named(document), document.Text("selector", "match").Length > 0 ? null : "link selector is required"],
            "UserVolumeConfig" or "RawVolumeConfig" => Volume(document),
            "KubeNodeConfig" => document.Texts("nodeIP", "validSubnets").Select(subnet => IsPrefix(subnet.TrimStart('!')) ? null : $"nodeIP subnet is not valid: \"{subnet}\""),
            "TimeSyncConfig" => [document.Find("ntp") is not null && document.Find("ptp") is not null ? "only one of ntp or ptp configuration can be specified" : null],
            _ => [],
        };
        var twice = s_once.Where(rule => rule.Kind == kind && !main.Find(rule.Path).IsNothing()).Select(rule => rule.Words);
        return errors.OfType<string>().Concat(twice);
    }

    private static IEnumerable<string?> Hostname(YamlMappingNode document, YamlMappingNode main)
    {
        var (auto, name) = (document.Text("auto"), document.Text("hostname"));
        yield return auto.Length == 0 && name.Length == 0 ? "either 'auto' or 'hostname' must be set" : null;
        yield return auto is not ("" or "off") && name.Length > 0 ? "'auto' and 'hostname' cannot be set at the same time" : null;
        yield return name.Length > 253 ? $"fqdn is too long: {name.Length}" : null;
        yield return name.Split('.')[0].Length > 63 ? $"invalid hostname \"{name.Split('.')[0]}\"" : null;
        yield return main.Text("machine", "features", "stableHostname") == "true" ? "stable hostname is already set in v1alpha1 config" : null;
    }

    private static IEnumerable<string?> Link(YamlMappingNode document)
    {
        yield return Named(document);
        var addresses = document.Items("addresses");
        for (var i = 0; i < addresses.Count; i++) yield return IsPrefix(addresses[i].Text("address")) ? null : $"address {i} must be a valid IP prefix";
        var routes = document.Items("routes");
        for (var i = 0; i < routes.Count; i++)
        {
            var destination = routes[i].Text("destination");
            // A default route is one without a destination.
            if (destination.Length > 0 && (!IsPrefix(destination) || destination is "0.0.0.0/0" or "::/0")) yield return $"route {i} destination must be a valid IP prefix";
            if (routes[i].Text("gateway") is { Length: > 0 } gateway && !IPAddress.TryParse(gateway, out _)) yield return $"route {i} gateway must be a valid IP address";
        }
    }

    private static IEnumerable<string?> Vlan(YamlMappingNode document)
    {
        yield return int.TryParse(document.Text("vlanID"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is >= 1 and <= 4094 ? null : "vlanID must be specified and between 1 and 4094";
        yield return document.Text("parent").Length > 0 ? null : "parent must be specified";
    }

    private static IEnumerable<string?> Volume(YamlMappingNode document)
    {
        var name = document.Text("name");
        yield return name.Length == 0 ? "name is required" : null;
        yield return name.Length is < 1 or > 34 ? "name must be between 1 and 34 characters long" : null;
        yield return name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-') ? null : "name can only contain lowercase and uppercase ASCII letters, digits, and hyphens";
        if (document.Text("volumeType") == "directory") yield break;
        yield return document.Text("provisioning", "diskSelector", "match").Length > 0 ? null : "disk selector is required";
        yield return document.Text("provisioning", "minSize").Length > 0 || document.Text("provisioning", "maxSize").Length > 0 ? null : "min size or max size is required";
        yield return document.Text("filesystem", "type") is "" or "xfs" or "ext4" or "btrfs" ? null : $"unsupported filesystem type: {document.Text("filesystem", "type")}";
    }

    private static string? Named(YamlMappingNode document) => document.Text("name").Length > 0 ? null : "name must be specified";

    private static bool IsPrefix(string text) => text.Split('/') is [var address, var length]
        && IPAddress.TryParse(address, out _) && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits is >= 0 and <= 128;
}
