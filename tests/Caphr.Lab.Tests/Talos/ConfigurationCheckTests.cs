using Caphr.Lab.Talos;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;

namespace Caphr.Lab.Tests.Talos;

/// <summary>The Lab's Talos beside CAPHR's own judgement: what CAPHR makes is taken, and what Talos refuses it refuses first.</summary>
public sealed class ConfigurationCheckTests
{
    private const string Main = "version: v1alpha1\nmachine:\n  type: worker\n  ca: {crt: LS0tLS1CRUdJTg==}\n  install: {disk: /dev/sda}\ncluster:\n  controlPlane: {endpoint: 'https://10.0.0.1:6443'}\n";
    private const string Document = "---\napiVersion: v1alpha1\nkind: ";

    public static TheoryData<string> Golden
    {
        get
        {
            var root = GoldenFolder();
            return [.. Directory.GetFiles(root, "expected.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Release, configuration, Talos' words, and whether CAPHR refuses it before Talos can.</summary>
    public static TheoryData<string, string, string, bool> KnownBad => new()
    {
        { "1.12", Main + Document + "HostnameConfig\nauto: stable\nhostname: a\n", "'auto' and 'hostname' cannot be set at the same time", false },
        { "1.12", Main + Document + "HostnameConfig\n", "either 'auto' or 'hostname' must be set", false },
        { "1.12", Main.Replace("  install", "  network: {hostname: a}\n  install", StringComparison.Ordinal) + Document + "HostnameConfig\nauto: stable\n", "static hostname is already set in v1alpha1 config", true },
        { "1.13", Main.Replace("  install", "  features: {stableHostname: true}\n  install", StringComparison.Ordinal) + Document + "HostnameConfig\nauto: stable\n", "stable hostname is already set in v1alpha1 config", true },
        { "1.11", Main + Document + "HostnameConfig\nauto: stable\n", "\"HostnameConfig\" \"v1alpha1\": not registered", true },
        { "1.9", Main + Document + "UserVolumeConfig\nname: a\n", "\"UserVolumeConfig\" \"v1alpha1\": not registered", true },
        { "1.13", Main + Document + "RAIDArrayConfig\nname: boot\n", "\"RAIDArrayConfig\" \"v1alpha1\": not registered", true },
        { "1.12", Main + Document + "HostnameConfig\nauto: stable\n" + Document + "HostnameConfig\nauto: off\n", "duplicate document v1alpha1/HostnameConfig/ is not allowed", true },
        { "1.12", Main + "---\n- op: add\n  path: /machine/type\n  value: worker\n", "expected a YAML document at line 9", true },
        { "1.12", Main + "---\nop: add\npath: /machine/type\nvalue: worker\n", "duplicate document /v1alpha1/ is not allowed (line 9)", true },
        { "1.12", Main + Document + "HostnameConfig\n$patch: delete\n", "unknown keys found during decoding:\n$patch: delete", true },
        { "1.12", Main.Replace("  install", "  network: {interfaces: [{interface: eth0, $patch: delete}]}\n  install", StringComparison.Ordinal), "$patch: delete", true },
        { "1.12", Main + "---\nkind: HostnameConfig\nauto: stable\n", "missing apiVersion", false },
        { "1.12", Main + Document + "HostnameConfig\nname: kestrel\n", "unknown keys found during decoding:\nname", false },
        { "1.12", Main.Replace("  install: {disk: /dev/sda}\n", "", StringComparison.Ordinal), "install instructions are required in \"metal\" mode", false },
        { "1.12", Main.Replace("{disk: /dev/sda}", "{wipe: false}", StringComparison.Ordinal), "either install disk or diskSelector should be defined", false },
        { "1.12", Main.Replace("worker", "wroker", StringComparison.Ordinal), "unknown machine type \"wroker\"", false },
        { "1.12", Main.Replace("worker", "controlplane", StringComparison.Ordinal), "issuing CA key is required for controlplane nodes (.machine.ca.key)", false },
        { "1.12", Main.Replace("{crt: LS0tLS1CRUdJTg==}", "{}", StringComparison.Ordinal), "issuing CA or some accepted CAs are required (.machine.ca, machine.acceptedCAs)", false },
        { "1.12", Main.Replace("{crt: LS0tLS1CRUdJTg==}", "{crt: LS0tLS1CRUdJTg==, key: a}", StringComparison.Ordinal), "issuing Talos API CA key is not allowed on non-controlplane nodes (.machine.ca)", false },
        { "1.12", Main.Replace("'https://10.0.0.1:6443'", "''", StringComparison.Ordinal), "cluster controlplane endpoint is required", false },
        { "1.9", Main.Replace("  install", "  network: {interfaces: [{dhcp: true}]}\n  install", StringComparison.Ordinal), "required either config section to be set", false },
        { "1.12", Main + Document + "LinkConfig\nname: a\nroutes: [{destination: 0.0.0.0/0, gateway: 10.0.0.1}]\n", "route 0 destination must be a valid IP prefix", false },
        { "1.12", Main + Document + "LinkConfig\nname: a\naddresses: [{address: 10.0.0.1}]\n", "address 0 must be a valid IP prefix", false },
        { "1.12", Main + Document + "LinkConfig\nname: a\n" + Document + "VLANConfig\nname: a\nvlanID: 5\nparent: b\n", "conflicting documents: LinkConfig/a and VLANConfig/a", false },
        { "1.12", Main + Document + "VLANConfig\nname: a\nvlanID: 4095\nparent: b\n", "vlanID must be specified and between 1 and 4094", false },
        { "1.12", Main + Document + "LinkAliasConfig\nname: a\n", "link selector is required", false },
        { "1.12", Main + Document + "RawVolumeConfig\nname: osd_data\nprovisioning: {minSize: 1GiB, diskSelector: {match: system_disk}}\n", "name can only contain lowercase and uppercase ASCII letters, digits, and hyphens", false },
        { "1.12", Main + Document + "UserVolumeConfig\nname: a\nprovisioning: {diskSelector: {match: system_disk}}\n", "min size or max size is required", false },
        { "1.12", Main.Replace("  install", "  network: {nameservers: [1.1.1.1]}\n  install", StringComparison.Ordinal) + Document + "ResolverConfig\nnameservers: [{address: 1.1.1.1}]\n", ".machine.network.nameservers is already set in v1alpha1 config", true },
        { "1.12", Main.Replace("  install", "  time: {servers: [a]}\n  install", StringComparison.Ordinal) + Document + "TimeSyncConfig\nntp: {servers: [a]}\n", "time servers cannot be specified in both v1alpha1 and new-style configuration", true },
        { "1.14", Main.Replace("  install", "  kubelet: {image: a}\n  install", StringComparison.Ordinal) + Document + "KubeletConfig\nimage: a\n", "kubelet config is already set in v1alpha1 config (.machine.kubelet)", true },
        { "1.14", Main.Replace("  install", "  nodeLabels: {a: b}\n  install", StringComparison.Ordinal) + Document + "KubeNodeConfig\nlabels: {a: b}\n", ".machine.nodeLabels is already set in v1alpha1 config", true },
        { "1.14", Main + Document + "UnattendedInstallConfig\nprovisioning: {diskSelector: {match: system_disk}}\n", "UnattendedInstallConfig config is incompatible with v1alpha1 config (.machine.install)", true },
        { "1.14", Main.Replace("cluster:\n", "cluster:\n  serviceAccount: {key: a}\n", StringComparison.Ordinal) + Document + "KubeServiceAccountConfig\nissuer: {privateKey: a}\n", "service account is already set in v1alpha1 config (.cluster.serviceAccount)", true },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void What_CAPHR_makes_is_taken_by_the_Talos_it_was_made_for(string name)
    {
        var configuration = File.ReadAllText(Path.Combine(GoldenFolder(), name, "expected.yaml"));

        Assert.Null(ConfigurationCheck.Refusal(configuration, VersionOf(name)));
    }

    [Fact]
    public void A_plain_configuration_is_taken() => Assert.All(Enumerable.Range(9, 6), minor => Assert.Null(ConfigurationCheck.Refusal(Main, new TalosVersion(1, minor, 0))));

    [Theory]
    [MemberData(nameof(KnownBad))]
    public void A_bad_configuration_is_refused_in_Talos_words_and_by_CAPHR_first_where_it_can(string release, string configuration, string words, bool first)
    {
        var version = TalosVersion.Parse(release);

        Assert.Contains(words, ConfigurationCheck.Refusal(configuration, version), StringComparison.Ordinal);
        Assert.Equal(first, !MachineConfiguration.Place(configuration, new HardwareFacts(), version).Succeeded);
    }

    private static TalosVersion VersionOf(string name) => TalosVersion.Parse(name.Split('/', '\\')[0]);

    private static string GoldenFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Caphr.sln"))) folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests", "Caphr.Protocols.Tests", "MachineConfig", "Golden");
    }
}
