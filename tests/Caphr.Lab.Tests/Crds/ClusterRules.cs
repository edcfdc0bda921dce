using static Caphr.Lab.Tests.Crds.Values;

namespace Caphr.Lab.Tests.Crds;

internal static class ClusterRules
{
    public const string Complete = """
        {
          "spec": {
            "controlPlaneEndpoint": { "host": "10.10.0.240", "port": 6443 },
            "robotSecretRef": { "name": "robot", "namespace": "metal" },
            "sshSecretRef": { "name": "ssh", "namespace": "metal" },
            "vlanConfig": { "id": 4000, "prefixLength": 24, "interface": "enp193s0f0np0", "routes": [{ "network": "10.20.0.0/16", "gateway": "10.10.0.1" }] },
            "nodeNetwork": { "ipv4Mode": "Static", "nodeAddressFamilies": ["IPv4", "IPv6"], "resolvers": ["10.10.0.53"], "timeServers": ["ntp.example.org"] },
            "talosSecretRef": { "name": "talos", "namespace": "metal" },
            "talosFactoryBaseURL": "https://factory.talos.dev",
            "dc": "fsn1",
            "providerIDFormat": "hrobot",
            "limits": { "atOnce": 10, "repairsAtOnce": 2, "failuresToStop": 3 }
          },
          "status": {
            "initialization": { "provisioned": true },
            "failureDomains": [{ "name": "FSN1-DC14", "controlPlane": true, "attributes": { "key": "value" } }],
            "conditions": [{ "type": "Ready", "status": "True", "observedGeneration": 1, "lastTransitionTime": "2026-03-01T12:00:00Z", "reason": "Ready", "message": "" }]
          }
        }
        """;

    private const string Route = """{ "network": "10.20.0.0/16", "gateway": "10.10.0.1" }""";

    public static IReadOnlyList<RuleCase> All { get; } =
    [
        Required("spec"),
        .. Required("spec", "robotSecretRef", "sshSecretRef"),
        Sentence("spec", "\"10.10.0.240\"", "\"10.10.0.241\"", "controlPlaneEndpoint.host cannot change once set, because every node and kubeconfig names it: keep it") with
        {
            At = "spec.controlPlaneEndpoint.host",
            IsTransition = true,
        },
        Sentence("spec", "6443", "443", "controlPlaneEndpoint.port cannot change once set, because every node and kubeconfig names it: keep it") with
        {
            At = "spec.controlPlaneEndpoint.port",
            IsTransition = true,
        },
        // What the topology controller writes for a class that leaves the endpoint to the provider.
        Sentence("spec.controlPlaneEndpoint", """{ "host": "", "port": 0 }""", """{ "host": "10.10.0.240" }""", "give host and port together, such as host: 10.10.0.240 and port: 6443"),
        MaxLength("spec.controlPlaneEndpoint.host", 512),
        new("spec.controlPlaneEndpoint.host", "pattern", "\"2001:db8::1\"", "\"https://10.10.0.240\""),
        new("spec.controlPlaneEndpoint.port", "minimum", "1", "-1", "0"),
        new("spec.controlPlaneEndpoint.port", "maximum", "65535", "65536", "65535"),
        .. Secret("spec.robotSecretRef"),
        .. Secret("spec.sshSecretRef"),
        .. Secret("spec.talosSecretRef"),
        Required("spec.vlanConfig.id"),
        new("spec.vlanConfig.id", "minimum", "1", "0", "1"),
        new("spec.vlanConfig.id", "maximum", "4094", "4095", "4094"),
        new("spec.vlanConfig.prefixLength", "minimum", "1", "0", "1"),
        new("spec.vlanConfig.prefixLength", "maximum", "128", "129", "128"),
        new("spec.vlanConfig.routes", "maxItems", List(16, _ => Route), List(17, _ => Route), "16"),
        .. Required("spec.vlanConfig.routes[]", "network", "gateway"),
        Sentence("spec.vlanConfig.routes[]", """{ "network": "fd00::/48", "gateway": "fd01::1" }""", """{ "network": "fd00::/48", "gateway": "10.10.0.1" }""", "network and gateway must be of one family: give an IPv4 gateway for an IPv4 network"),
        new("spec.vlanConfig.routes[].network", "maxLength", "\"10.20.0.0/16\"", Text(50), "49"),
        Sentence("spec.vlanConfig.routes[].network", "\"10.21.0.0/16\"", "\"10.21.0.0\"", "network must be a network with its prefix length, such as 10.20.0.0/16"),
        new("spec.vlanConfig.routes[].gateway", "maxLength", "\"10.10.0.2\"", Text(46), "45"),
        Sentence("spec.vlanConfig.routes[].gateway", "\"10.10.0.2\"", "\"10.10.0.256\"", "gateway must be an IP address, such as 10.10.0.1"),
        MaxLength("spec.vlanConfig.interface", 15),
        new("spec.vlanConfig.interface", "pattern", "\"enp193s0f0np0\"", "\"/dev/eth0\""),
        new("spec.nodeNetwork.ipv4Mode", "enum", "\"DHCP\"", "\"Dynamic\"", "\"Static\", \"DHCP\""),
        new("spec.nodeNetwork.nodeAddressFamilies", "maxItems", "[\"IPv6\", \"IPv4\"]", "[\"IPv4\", \"IPv6\", \"IPv4\"]", "2"),
        Sentence("spec.nodeNetwork.nodeAddressFamilies", "[\"IPv6\", \"IPv4\"]", "[\"IPv4\", \"IPv4\"]", "nodeAddressFamilies names each family once: write [IPv4], [IPv6], or both with the preferred one first"),
        new("spec.nodeNetwork.nodeAddressFamilies[]", "enum", "\"IPv4\"", "\"IPv5\"", "\"IPv4\", \"IPv6\""),
        new("spec.nodeNetwork.resolvers", "maxItems", List(4, _ => "\"10.0.0.1\""), List(5, _ => "\"10.0.0.1\""), "4"),
        Sentence("spec.nodeNetwork.resolvers", "[\"2a01:4ff:ff00::add:1\"]", "[\"dns.example.org\"]", "resolvers must be IP addresses, such as 185.12.64.1"),
        new("spec.nodeNetwork.resolvers[]", "maxLength", "\"185.12.64.1\"", Text(46), "45"),
        new("spec.nodeNetwork.timeServers", "maxItems", List(8, _ => "\"ntp\""), List(9, _ => "\"ntp\""), "8"),
        MaxLength("spec.nodeNetwork.timeServers[]", 253),
        new("spec.nodeNetwork.timeServers[]", "pattern", "\"ntp1.hetzner.de\"", "\"ntp://ntp1\""),
        MaxLength("spec.talosFactoryBaseURL", 2048, "https://"),
        new("spec.talosFactoryBaseURL", "pattern", "\"http://127.0.0.1:18481\"", "\"factory.talos.dev\""),
        MaxLength("spec.dc", 32),
        new("spec.dc", "pattern", "\"\"", "\"FSN1\""),
        new("spec.providerIDFormat", "enum", "\"hetzner-robot\"", "\"hcloud\"", "\"hetzner-robot\", \"hrobot\""),
        new("status.failureDomains", "maxItems", List(100, number => $$"""{ "name": "dc{{number}}" }"""), List(101, number => $$"""{ "name": "dc{{number}}" }"""), "100"),
        new("status.failureDomains", "map", """[{ "name": "a" }, { "name": "b" }]""", """[{ "name": "a" }, { "name": "a" }]"""),
        .. Limit("atOnce"),
        .. Limit("repairsAtOnce"),
        .. Limit("failuresToStop"),
        Required("status.failureDomains[].name"),
        new("status.failureDomains[].name", "minLength", "\"a\"", "\"\"", "1"),
        MaxLength("status.failureDomains[].name", 256),
        .. Conditions,
    ];

    private static RuleCase[] Limit(string name) => [new($"spec.limits.{name}", "minimum", "1", "0", "1"), new($"spec.limits.{name}", "maximum", "1000", "1001", "1000")];
}
