using static Caphr.Lab.Tests.Crds.Values;

namespace Caphr.Lab.Tests.Crds;

internal static class MachineRules
{
    public const string Complete = """
        {
          "spec": {
            "providerID": "hrobot://2938104",
            "hostSelector": { "matchLabels": { "key": "value" }, "matchExpressions": [{ "key": "role", "operator": "In", "values": ["compute"] }] },
            "hardware": {
              "product": "AX41-NVMe", "datacenter": "FSN1*", "architecture": "amd64",
              "cpus": { "min": 8, "max": 64 }, "memoryGiB": { "min": 64, "max": 256 }, "nicSpeedMbit": { "min": 1000, "max": 10000 },
              "disks": [{ "kind": "nvme", "sizeGB": { "min": 500, "max": 2000 }, "count": { "min": 1, "max": 2 } }]
            },
            "failureDomainPolicy": "Preferred",
            "osType": "talos", "talosSchematic": "3da7f440", "talosVersion": "v1.12.4", "installDisk": "/dev/nvme0n1", "customImageURL": "https://images.example.org/talos.raw.zst",
            "ephemeralSize": "100GiB",
            "dataVolumes": [{ "name": "scratch", "type": "User", "diskMatch": "system_disk", "minSize": "1GiB", "maxSize": "2GiB", "filesystem": "xfs" }]
          },
          "status": {
            "initialization": { "provisioned": true },
            "addresses": [{ "type": "ExternalIP", "address": "192.0.2.10" }],
            "failureDomain": "FSN1-DC14",
            "hostRef": { "name": "node6" },
            "since": "2026-03-01T12:00:00Z",
            "conditions": [{ "type": "Ready", "status": "True", "observedGeneration": 1, "lastTransitionTime": "2026-03-01T12:00:00Z", "reason": "Ready", "message": "" }]
          }
        }
        """;

    private static readonly (string At, string Json)[] s_named = [("spec.hostSelector", ""), ("spec.hostRef", """{ "name": "node6" }""")];

    public static IReadOnlyList<RuleCase> All { get; } =
    [
        Required("spec"),
        Sentence("spec", "", """{ "name": "node6" }""", "give either hostRef or hostSelector, not both") with { At = "spec.hostRef" },
        Sentence("spec", "\"hrobot://2938104\"", "\"hrobot://2938105\"", "providerID cannot change once set, because the node is known by it: delete the Machine instead") with { At = "spec.providerID", IsTransition = true },
        Sentence("spec", """{ "name": "node6" }""", """{ "name": "node7" }""", "hostRef cannot change once set: delete the Machine, and a new one chooses anew") with { At = "spec.hostRef", Given = s_named, IsTransition = true },
        Sentence("spec", """{ "matchLabels": { "key": "value" }, "matchExpressions": [{ "key": "role", "operator": "In", "values": ["compute"] }] }""", """{ "matchLabels": { "key": "other" } }""", "hostSelector cannot change once set: delete the Machine, and a new one chooses anew") with
        {
            At = "spec.hostSelector",
            IsTransition = true,
        },
        Sentence("spec", """{ "cpus": { "min": 8 } }""", """{ "cpus": { "min": 9 } }""", "hardware cannot change once set: delete the Machine, and a new one chooses anew") with
        {
            At = "spec.hardware",
            Given = [("spec.hardware", """{ "cpus": { "min": 8 } }""")],
            IsTransition = true,
        },
        new("spec.providerID", "maxLength", "\"hetzner-robot://1\"", $"\"hrobot://{new string('1', 56)}\"", "64"),
        new("spec.providerID", "pattern", "\"hetzner-robot://2938104\"", "\"hcloud://2938104\""),
        .. Required("spec.hostRef", "name").Concat(Name("spec.hostRef.name")).Select(one => one with { Given = s_named }),
        new("spec.hostSelector.matchLabels", "maxProperties", Map(64), Map(65), "64"),
        .. LabelValue("spec.hostSelector.matchLabels{}"),
        new("spec.hostSelector.matchExpressions", "maxItems", List(32, _ => Exists), List(33, _ => Exists), "32"),
        .. Required("spec.hostSelector.matchExpressions[]", "key", "operator"),
        Sentence("spec.hostSelector.matchExpressions[]", """{ "key": "role", "operator": "Exists" }""", """{ "key": "role", "operator": "In" }""", "give values with In and NotIn, and none with Exists and DoesNotExist"),
        new("spec.hostSelector.matchExpressions[].key", "maxLength", Text(300), Text(318), "317"),
        new("spec.hostSelector.matchExpressions[].key", "pattern", "\"example.org/role\"", "\"example.org/\""),
        new("spec.hostSelector.matchExpressions[].operator", "enum", "\"NotIn\"", "\"Equals\"", "\"In\", \"NotIn\", \"Exists\", \"DoesNotExist\""),
        new("spec.hostSelector.matchExpressions[].values", "maxItems", List(128, _ => "\"a\""), List(129, _ => "\"a\""), "128"),
        .. LabelValue("spec.hostSelector.matchExpressions[].values[]"),
        .. Beginning("spec.hardware.product", "AX"),
        .. Beginning("spec.hardware.datacenter", "FSN1"),
        new("spec.hardware.architecture", "enum", "\"arm64\"", "\"x86_64\"", "\"amd64\", \"arm64\""),
        .. Range("spec.hardware.cpus"),
        .. Range("spec.hardware.memoryGiB"),
        .. Range("spec.hardware.nicSpeedMbit"),
        new("spec.hardware.disks", "maxItems", List(8, _ => Disk), List(9, _ => Disk), "8"),
        new("spec.hardware.disks[].kind", "enum", "\"rotational\"", "\"ssd\"", "\"flash\", \"nvme\", \"rotational\""),
        .. Range("spec.hardware.disks[].sizeGB"),
        .. Range("spec.hardware.disks[].count"),
        new("spec.failureDomainPolicy", "enum", "\"Strict\"", "\"Maybe\"", "\"Strict\", \"Preferred\""),
        new("spec.osType", "enum", "\"talos\"", "\"flatcar\"", "\"talos\""),
        MaxLength("spec.talosSchematic", 128),
        new("spec.talosSchematic", "pattern", "\"\"", "\"a/b\""),
        MaxLength("spec.talosVersion", 64, "v1.12.4-"),
        new("spec.talosVersion", "pattern", "\"v1.13.0-alpha.1\"", "\"1.12.4\""),
        MaxLength("spec.installDisk", 255),
        new("spec.installDisk", "pattern", "\"\"", "\"/dev/sda \""),
        MaxLength("spec.customImageURL", 2048, "https://"),
        new("spec.customImageURL", "pattern", "\"\"", "\"ftp://images.example.org/talos.raw\""),
        new("spec.ephemeralSize", "maxLength", "\"100GiB\"", $"\"{new string('1', 33)}\"", "32"),
        new("spec.ephemeralSize", "pattern", "\"1.5TB\"", "\"100 GiB\""),
        new("spec.dataVolumes", "maxItems", List(16, Volume), List(17, Volume), "16"),
        new("spec.dataVolumes", "map", $"[{Volume(1)}, {Volume(2)}]", $"[{Volume(1)}, {Volume(1)}]"),
        Required("spec.dataVolumes[].name"),
        Sentence("spec.dataVolumes[]", """{ "name": "a", "maxSize": "1GiB" }""", """{ "name": "a" }""", "a data volume needs a size: give minSize, maxSize or both"),
        Sentence("spec.dataVolumes[]", """{ "name": "osd-data", "minSize": "1GiB" }""", """{ "name": "my-Ceph-1", "minSize": "1GiB" }""", "name cannot contain ceph, because Ceph's own tools would pass the partition over: choose another, such as osd-data"),
        Sentence("spec.dataVolumes[]", """{ "name": "a", "type": "User", "minSize": "1GiB", "filesystem": "ext4" }""", """{ "name": "a", "minSize": "1GiB", "filesystem": "ext4" }""", "filesystem is for volumes of type User: leave it out, or write type: User"),
        MaxLength("spec.dataVolumes[].name", 34),
        new("spec.dataVolumes[].name", "pattern", "\"OSD-1\"", "\"osd_1\""),
        new("spec.dataVolumes[].type", "enum", "\"User\"", "\"Swap\"", "\"Raw\", \"User\""),
        MaxLength("spec.dataVolumes[].diskMatch", 1024),
        new("spec.dataVolumes[].minSize", "maxLength", "\"1\"", $"\"{new string('1', 33)}\"", "32"),
        new("spec.dataVolumes[].minSize", "pattern", "\"1GiB\"", "\"\""),
        new("spec.dataVolumes[].maxSize", "maxLength", "\"1\"", $"\"{new string('1', 33)}\"", "32"),
        new("spec.dataVolumes[].maxSize", "pattern", "\"1TB\"", "\"much\""),
        new("spec.dataVolumes[].filesystem", "enum", "\"btrfs\"", "\"zfs\"", "\"xfs\", \"ext4\", \"btrfs\""),
        new("status.addresses", "maxItems", List(256, Address), List(257, Address), "256"),
        .. Addresses("status.addresses"),
        new("status.failureDomain", "minLength", "\"a\"", "\"\"", "1"),
        MaxLength("status.failureDomain", 256),
        Required("status.hostRef.name"),
        .. Name("status.hostRef.name"),
        Time("status.since"),
        .. Conditions,
    ];

    private const string Exists = """{ "key": "role", "operator": "Exists" }""";

    private const string Disk = """{ "kind": "flash" }""";

    private static RuleCase[] Beginning(string path, string start) => [MaxLength(path, 64, start), new(path, "pattern", $"\"{start}*\"", $"\"{start}*1\"")];

    private static RuleCase[] Range(string path) =>
    [
        Sentence(path, """{ "min": 8, "max": 8 }""", """{ "min": 9, "max": 8 }""", "min cannot be above max"),
        new($"{path}.min", "minimum", "0", "-1", "0"),
        new($"{path}.max", "minimum", "64000", "-1", "0"),
    ];

    private static string Volume(int number) => $$"""{ "name": "volume-{{number}}", "minSize": "1GiB" }""";

    private static string Address(int number) => $$"""{ "type": "InternalIP", "address": "10.0.0.{{number}}" }""";
}
