using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;
using FsCheck;
using FsCheck.Fluent;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.Tests.MachineConfig;

/// <summary>What holds of every template, every set of facts and every release.</summary>
public sealed class PlacingPropertiesTests
{
    /// <summary>A document nobody touches, as odd as people write them.</summary>
    private const string Odd =
        "---\n# keep me\napiVersion:   v1alpha1\nkind: \"ExtensionServiceConfig\" # odd spacing\nname: 'x'\nenvironment: [ a=b,c=d ]\nconfigFiles:\n- &c\n  content: |-2\n      --- not a document\n      kind: HostnameConfig\n  mountPath: /x\n- *c\n\n";

    [Fact]
    public void Placing_again_changes_nothing() => Check((text, facts, version) =>
    {
        var once = MachineConfiguration.Place(text, facts, version).Value;
        var again = MachineConfiguration.Place(once.Documents, facts, version).Value;
        return again.Documents == once.Documents && again.Placements.All(placement => placement.Result != PlacementResult.Placed);
    });

    [Fact]
    public void The_order_of_the_facts_does_not_matter() => Check((text, facts, version) =>
    {
        var forwards = MachineConfiguration.Place(text, facts, version).Value;
        var backwards = MachineConfiguration.Place(text, facts, version, [.. FactPlan.Facts.Reverse()]).Value;
        var rotated = MachineConfiguration.Place(text, facts, version, [.. FactPlan.Facts.Skip(5), .. FactPlan.Facts.Take(5)]).Value;
        return Meaning(forwards.Documents) == Meaning(backwards.Documents) && Meaning(forwards.Documents) == Meaning(rotated.Documents);
    });

    [Fact]
    public void Documents_that_nothing_is_placed_in_stay_byte_for_byte() => Check((text, facts, version) =>
        MachineConfiguration.Place(text, facts, version).Value.Documents.Contains(Line(text, Odd), StringComparison.Ordinal));

    [Fact]
    public void Every_line_of_the_template_is_still_there_and_in_order() => Check((text, facts, version) =>
    {
        // What CAPHR replaces: empty values, the generated host name, and what is written on one line.
        string[] replaced = ["stable", "{", "[]", "install:", "  kubelet:"];
        var rest = new Queue<string>(text.Split('\n').Where(line => !replaced.Any(part => line.Contains(part, StringComparison.Ordinal))));
        foreach (var line in MachineConfiguration.Place(text, facts, version).Value.Documents.Split('\n'))
        {
            if (rest.TryPeek(out var next) && line == next) rest.Dequeue();
        }

        return rest.Count == 0;
    });

    [Fact]
    public void What_comes_out_can_be_read_and_says_each_thing_once() => Check((text, facts, version) =>
    {
        var documents = MachineConfiguration.Place(text, facts, version).Value.Documents;
        if (!ConfigurationDocuments.Parse(documents).TryGet(out var parsed, out _)) return false;
        var keys = Keys(parsed.Main).Concat(parsed.Others.SelectMany(Keys)).ToLookup(key => key);
        return new[] { "provider-id", "hostname", "validSubnets", "install", "secretboxEncryptionSecret", "maxSize" }.All(key => keys[key].Count() <= 1)
            && parsed.Others.GroupBy(other => (other.Text("kind"), other.Text("name"))).All(group => group.Count() == 1);
    });

    [Fact]
    public void Every_fact_that_is_given_is_placed_kept_or_refused() => Check((text, facts, version) =>
    {
        var placed = MachineConfiguration.Place(text, facts, version).Value;
        var given = new[] { facts.InstallDisk is not null, facts.ProviderId is not null, facts.Ipv4 is not null, facts.Ipv6 is not null, facts.Vlan is not null, facts.Hostname is not null, facts.EphemeralSize is not null };
        return placed.Placements.Count >= given.Count(isGiven => isGiven);
    });

    private static void Check(Func<string, HardwareFacts, TalosVersion, bool> holds) =>
        Prop.ForAll(Cases().ToArbitrary(), given => holds(given.Text, given.Facts, given.Version)).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static Gen<(string Text, HardwareFacts Facts, TalosVersion Version)> Cases()
    {
        string[] installs = ["", "  install:\n", "  install: {wipe: false}\n", "  install:\n      wipe: false\n"];
        string[] kubelets = ["", "  kubelet:\n", "  kubelet: {extraArgs: {v: '2'}}\n", "  kubelet:\n    image: x # y\n    extraArgs:\n        v: '2'\n"];
        string[] networks =
        [
            "", "  network: {}\n", "  network:\n    nameservers: [1.1.1.1]\n", "  network:\n    interfaces: []\n",
            "  network:\n    interfaces:\n      - interface: enp9s0\n        dhcp: true\n",
            "  network:\n    interfaces:\n    - deviceSelector:\n        hardwareAddr: A8:A1:59:0B:12:FE\n      vlans:\n      - vlanId: 4001\n",
        ];
        string[] hosts = ["", "---\nkind: HostnameConfig\napiVersion: v1alpha1\nauto: stable\n", "---\nkind: HostnameConfig\nhostname: ours\n"];
        string[] kubernetes = ["", "---\nkind: KubeletConfig\nimage: x\n", "---\nkind: KubeletConfig\nimage: x\n---\nkind: KubeNodeConfig\nlabels: {a: b}\n"];
        return
            from minor in Gen.Choose(9, 14)
            from install in Gen.Elements(installs)
            from kubelet in Gen.Elements(kubelets)
            from network in Gen.Elements(networks)
            from host in Gen.Elements(hosts)
            from kubernete in Gen.Elements(kubernetes)
            from type in Gen.Elements("worker", "controlplane")
            from windows in Gen.Elements(false, false, true)
            from facts in Facts()
            let modern = minor < 14 || kubernete.Length == 0
            let text = $"version: v1alpha1\nmachine:\n  type: {type}\n{install}{(modern ? kubelet : "")}{network}{Odd}{(minor < 12 ? "" : host)}{(minor < 14 ? "" : kubernete)}"
            select (windows ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text, facts, new TalosVersion(1, minor, 0));
    }

    private static Gen<HardwareFacts> Facts() =>
        from bits in Gen.Choose(0, (1 << 11) - 1)
        from families in Gen.Elements<IReadOnlyList<IpFamily>>([], [IpFamily.IPv4], [IpFamily.IPv6, IpFamily.IPv4])
        from dhcp in Gen.Elements(false, true)
        let has = (Func<int, bool>)(bit => (bits & (1 << bit)) != 0)
        select new HardwareFacts
        {
            PrimaryMac = "a8:a1:59:0b:12:fe",
            NodeFamilies = families,
            InstallDisk = has(0) ? new InstallDisk.ByWwn("eui.0025388b710116a1") : null,
            ProviderId = has(1) ? "hetzner-robot://2938101" : null,
            Ipv4 = has(2) ? new PublicIpv4 { Dhcp = dhcp, Address = "203.0.113.17", Gateway = "203.0.113.1" } : null,
            Ipv6 = has(3) ? "2001:db8:271:3b49::/64" : null,
            Vlan = has(4) ? new PrivateVlan { Id = 4000, Address = "10.10.0.6" } : null,
            Hostname = has(5) ? "compute-fsn1-2938101" : null,
            Resolvers = has(6) ? ["185.12.64.1"] : [],
            TimeServers = has(7) ? ["ntp1.hetzner.de"] : [],
            SharedSecrets = has(8) ? new SharedSecrets("c2VjcmV0Ym94", "c2VydmljZSBhY2NvdW50") : null,
            EphemeralSize = has(9) ? "100GiB" : null,
            NodeLabels = has(10) ? new Dictionary<string, string> { ["node.cluster.x-k8s.io/product"] = "AX41-NVMe", ["b"] = "true" } : new Dictionary<string, string>(),
        };

    private static string Line(string text, string part) => text.Contains('\r', StringComparison.Ordinal) ? part.Replace("\n", "\r\n", StringComparison.Ordinal) : part;

    /// <summary>What a configuration says, whatever the order in which it says it.</summary>
    private static string Meaning(string text)
    {
        var documents = ConfigurationDocuments.Parse(text).Value;
        return string.Join('\n', documents.Others.Prepend(documents.Main).Select(Meaning).Order(StringComparer.Ordinal));
    }

    private static string Meaning(YamlNode node) => node switch
    {
        YamlMappingNode mapping => $"{{{string.Join(',', mapping.Children.Select(entry => $"{entry.Key}:{Meaning(entry.Value)}").Order(StringComparer.Ordinal))}}}",
        YamlSequenceNode list => $"[{string.Join(',', list.Children.Select(Meaning).Order(StringComparer.Ordinal))}]",
        _ => $"'{node}'",
    };

    private static IEnumerable<string> Keys(YamlNode node) => node switch
    {
        YamlMappingNode mapping => mapping.Children.SelectMany(entry => Keys(entry.Value).Prepend(entry.Key.ToString())),
        YamlSequenceNode list => list.Children.SelectMany(Keys),
        _ => [],
    };
}
