using static Caphr.Lab.Tests.Crds.Values;

namespace Caphr.Lab.Tests.Crds;

internal static class HostRules
{
    public const string Complete = """
        {
          "spec": {
            "serverID": 2938104, "serverIP": "192.0.2.10", "serverIPv6Net": "2001:db8:1:2::/64", "internalIP": "10.10.0.6", "installDisk": "/dev/disk/by-id/nvme-A1",
            "lifecycleClass": "compute", "destructiveProvisioningPolicy": "NeverDestructiveByDefault", "maintenanceMode": false, "inspection": "BeforeFirstUse",
            "consumerRef": { "kind": "HetznerRobotMachine", "name": "worker-1", "namespace": "metal", "uid": "1-1" }
          },
          "status": {
            "since": "2026-03-01T12:00:00Z",
            "addresses": [{ "type": "ExternalIP", "address": "192.0.2.10" }],
            "hardware": { "installDisk": { "path": "/dev/sda" }, "disks": [{ "path": "/dev/sda" }] },
            "lastWipe": { "at": "2026-03-01T12:00:00Z", "disk": { "path": "/dev/sda" }, "machine": "metal/worker-1" },
            "conditions": [{ "type": "Ready", "status": "True", "observedGeneration": 1, "lastTransitionTime": "2026-03-01T12:00:00Z", "reason": "Ready", "message": "" }]
          }
        }
        """;

    public static IReadOnlyList<RuleCase> All { get; } =
    [
        Required("spec"),
        Required("spec.serverID"),
        Changing("serverID", "2938104", "2938105", "serverID cannot change: delete this HetznerRobotHost and create one for the other server"),
        Changing("serverIP", "\"192.0.2.10\"", "\"192.0.2.11\"", "serverIP cannot change once set: delete this HetznerRobotHost and create it anew"),
        Changing("serverIPv6Net", "\"2001:db8:1:2::/64\"", "", "serverIPv6Net cannot change once set: delete this HetznerRobotHost and create it anew"),
        Changing("internalIP", "\"10.10.0.6\"", "\"\"", "internalIP cannot change once set: delete this HetznerRobotHost and create it anew"),
        Changing("consumerRef", "", """{ "kind": "HetznerRobotMachine", "name": "worker-2", "namespace": "metal", "uid": "2-2" }""", "this server is claimed: it must be released before another machine can claim it"),
        new("spec.serverID", "minimum", "1", "0", "1"),
        new("spec.serverIP", "maxLength", "\"255.255.255.255\"", "\"255.255.255.2555\"", "15"),
        Sentence("spec.serverIP", "\"\"", "\"2001:db8::1\"", "serverIP must be the server's public IPv4 address, such as 192.0.2.10, or empty: Robot knows it"),
        new("spec.serverIPv6Net", "maxLength", "\"2001:db8:aaaa:bbbb::/64\"", Text(50), "49"),
        Sentence("spec.serverIPv6Net", "\"\"", "\"192.0.2.0/24\"", "serverIPv6Net must be an IPv6 network such as 2001:db8:1:2::/64, or empty: Robot knows it"),
        new("spec.internalIP", "maxLength", "\"fd00:1:2:3:4:5:6:7\"", Text(46), "45"),
        Sentence("spec.internalIP", "\"\"", "\"10.10.0.6/24\"", "internalIP must be an IP address without prefix length, such as 10.10.0.6"),
        MaxLength("spec.installDisk", 255),
        new("spec.installDisk", "pattern", "\"WD 1234\"", "\" WD1234\""),
        new("spec.lifecycleClass", "enum", "\"control-plane\"", "\"worker\"", "\"compute\", \"control-plane\", \"storage\""),
        new("spec.destructiveProvisioningPolicy", "enum", "\"AlwaysCleanSlate\"", "\"Never\"", "\"NeverDestructiveByDefault\", \"AlwaysCleanSlate\", \"RequiresExternalRelease\""),
        new("spec.inspection", "enum", "\"Never\"", "\"Always\"", "\"Never\", \"BeforeFirstUse\""),
        .. Required("spec.consumerRef", "kind", "name", "namespace", "uid"),
        new("spec.consumerRef.kind", "enum", "\"HetznerRobotMachine\"", "\"Machine\"", "\"HetznerRobotMachine\""),
        .. Name("spec.consumerRef.name"),
        .. Namespace("spec.consumerRef.namespace"),
        .. Uid("spec.consumerRef.uid"),
        Time("status.since"),
        .. Addresses("status.addresses"),
        Required("status.hardware.installDisk.path"),
        Required("status.hardware.disks[].path"),
        .. Required("status.lastWipe", "at", "disk"),
        Time("status.lastWipe.at"),
        Required("status.lastWipe.disk.path"),
        .. Conditions,
    ];

    private static RuleCase Changing(string field, string good, string bad, string words) => Sentence("spec", good, bad, words) with { At = $"spec.{field}", IsTransition = true };
}
