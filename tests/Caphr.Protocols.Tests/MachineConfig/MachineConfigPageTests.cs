using System.Globalization;
using System.Text;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.MachineConfig.Facts;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.Tests.MachineConfig;

/// <summary>The part of docs/machine-config.md that tells where each fact goes is made by the code that places it.</summary>
public sealed class MachineConfigPageTests
{
    private const string Begin = "<!-- begin: made by MachineConfigPageTests; CAPHR_WRITE_DOCS=1 writes it anew -->\n";
    private const string End = "<!-- end -->\n";

    /// <summary>One server with everything; each fact takes its own part of it.</summary>
    private static readonly HardwareFacts s_server = new()
    {
        InstallDisk = new InstallDisk.ByWwn("eui.0025388b710116a1"),
        ProviderId = "hetzner-robot://2938104",
        PrimaryMac = "a8:a1:59:0b:12:fe",
        Ipv4 = new PublicIpv4 { Address = "203.0.113.17", Gateway = "203.0.113.1" },
        Ipv6 = "2001:db8:271:3b49::/64",
        Vlan = new PrivateVlan { Id = 4000, Address = "10.10.0.6", Routes = [new StaticRoute("10.20.0.0/16", "10.10.0.1")] },
        Hostname = "compute-fsn1-2938104",
        Resolvers = HetznerDefaults.Resolvers(ipv4: true),
        TimeServers = HetznerDefaults.TimeServers,
        SharedSecrets = new SharedSecrets("c2VjcmV0Ym94LWtleS1vZi10aGUtYnVuZGxl", "c2VydmljZS1hY2NvdW50LWtleS1vZi10aGUtYnVuZGxl"),
        EphemeralSize = "100GiB",
        DataVolumes = [new DataVolume { Name = "scratch", Kind = DataVolumeKind.User, MinSize = "100GiB", Filesystem = "xfs" }],
        NodeLabels = new Dictionary<string, string> { ["node.cluster.x-k8s.io/datacenter"] = "FSN1-DC14", ["node.cluster.x-k8s.io/product"] = "AX41-NVMe" },
    };

    [Fact]
    public void The_page_tells_what_the_code_does()
    {
        var made = Made();
        var path = Path.Combine(GoldenCase.Checkout(), "docs", "machine-config.md");
        var page = File.ReadAllText(path);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("CAPHR_WRITE_DOCS") == "1") File.WriteAllText(path, page[..begin] + made + page[end..]);

        Assert.Equal(made, File.ReadAllText(path)[begin..^(page.Length - end)]);
    }

    [Fact]
    public void The_facts_file_on_the_page_can_be_read()
    {
        var page = File.ReadAllText(Path.Combine(GoldenCase.Checkout(), "docs", "machine-config.md"));
        var json = page.Split("```json\n")[1].Split("```")[0];

        var facts = FactsFile.Read(json);

        Assert.True(facts.Succeeded, facts.Failure?.Detail);
        Assert.All(FactPlan.Facts.Where(fact => fact is not BootMirrorFact), fact =>
            Assert.NotEmpty(fact.Place(Template(fact, new TalosVersion(1, 12, 0)), facts.Value, new TalosVersion(1, 12, 0)).Placements));
    }

    private static string Made()
    {
        var page = new StringBuilder("| fact | Talos | where it is written |\n|---|---|---|\n");
        foreach (var fact in FactPlan.Facts)
        {
            foreach (var (name, target, _) in Groups(fact)) page.Append(CultureInfo.InvariantCulture, $"| {fact.Name} | {name} | {target ?? "no place for it: refused if it is given"} |\n");
        }

        foreach (var fact in FactPlan.Facts)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {char.ToUpperInvariant(fact.Name[0])}{fact.Name[1..]}\n\n{fact.Why}\n\nFrom: {fact.From}.\n");
            foreach (var (name, target, version) in Groups(fact).Where(group => group.Target is not null))
                page.Append(CultureInfo.InvariantCulture, $"\nTalos {name}:\n\n```diff\n{Example(fact, version)}```\n");
        }

        return page.ToString();
    }

    private static string Example(IHardwareFact fact, TalosVersion version)
    {
        var template = Template(fact, version);
        var facts = fact is BootMirrorFact ? s_server with { BootMirror = new BootMirror(["eui.0025388b710116a1", "eui.0025388b710116a2"]) }
            : fact is DataVolumesFact && version.IsAtLeast(11) ? s_server with { DataVolumes = [.. s_server.DataVolumes, new DataVolume { Name = "osd-data", MaxSize = "1TiB", DiskMatch = "!system_disk" }] }
            : s_server;
        var placing = fact.Place(template, facts, version);
        Assert.All(placing.Placements, placement => Assert.Equal(PlacementResult.Placed, placement.Result));
        return LineDiff.Between(SecretMask.Apply(template.Text), SecretMask.Apply(placing.Documents.Text));
    }

    private static ConfigurationDocuments Template(IHardwareFact fact, TalosVersion version)
    {
        var text = fact is SharedSecretsFact ? "version: v1alpha1\nmachine:\n  type: controlplane\ncluster:\n  clusterName: kestrel\n" : "version: v1alpha1\nmachine:\n  type: worker\ncluster:\n  clusterName: kestrel\n";
        if (fact is HostnameFact && version.HasNetworkDocuments) text += "---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n";
        if (fact is ProviderIdFact or NodeAddressFact or NodeLabelsFact && version.IsAtLeast(14)) text += "---\napiVersion: v1alpha1\nkind: KubeletConfig\nimage: ghcr.io/siderolabs/kubelet:v1.36.0\n";
        return ConfigurationDocuments.Parse(text).Value;
    }

    /// <summary>Releases in a row that are told the same way, with the newest of them.</summary>
    private static IEnumerable<(string Name, string? Target, TalosVersion Newest)> Groups(IHardwareFact fact)
    {
        var first = TalosReleases.Oldest.Minor;
        for (var minor = first; minor <= TalosReleases.Newest.Minor; minor++)
        {
            var (here, next) = (new TalosVersion(1, minor, 0), new TalosVersion(1, minor + 1, 0));
            if (minor < TalosReleases.Newest.Minor && fact.Target(next) == fact.Target(here)) continue;
            yield return (first == minor ? $"1.{minor}" : $"1.{first} to 1.{minor}", fact.Target(here), here);
            first = minor + 1;
        }
    }
}
