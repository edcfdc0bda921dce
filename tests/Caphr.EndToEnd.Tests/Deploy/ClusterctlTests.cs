using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using Xunit.Abstractions;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>What a release gives to clusterctl, made by the same script, and held against what clusterctl asks of a provider.</summary>
public sealed partial class ClusterctlTests(ReleaseFolder made, ITestOutputHelper output) : IClassFixture<ReleaseFolder>
{
    private const string Version = ReleaseFolder.Version;
    private const string Infrastructure = "infrastructure.cluster.x-k8s.io/v1alpha1";

    private static readonly string[] s_given = ["CLUSTER_NAME", "CONTROL_PLANE_ENDPOINT_HOST", "KUBERNETES_VERSION", "NAMESPACE"];

    private static readonly string[] s_templates = ["cluster-template.yaml", "cluster-template-vlan.yaml", "cluster-template-storage.yaml", "cluster-template-clusterclass.yaml"];

    public static TheoryData<string> Templates { get; } = [.. s_templates];

    [Fact]
    public async Task The_same_sources_give_the_same_bytes()
    {
        var again = Path.Combine(made.Folder, "again");
        Assert.Equal(0, (await ReleaseFolder.MakeAsync(Version, again)).Exit);
        var files = Directory.GetFiles(made.Release).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(
            ["SHA256SUMS", "cluster-template-clusterclass.yaml", "cluster-template-storage.yaml", "cluster-template-vlan.yaml", "cluster-template.yaml", "clusterclass-caphr.yaml", "infrastructure-components.yaml", "metadata.yaml"],
            files);
        foreach (var file in files) Assert.Equal(await ReadAsync(file), await File.ReadAllTextAsync(Path.Combine(again, "infrastructure-hetzner-robot", Version, file)));
    }

    [Theory]
    [InlineData("0.1.0", "VERSION wants a version such as v0.1.0, not '0.1.0'.")]
    [InlineData("v9.9.0", "deploy/clusterctl/metadata.yaml has no release series for v9.9.0: clusterctl would not install it.")]
    public async Task A_version_that_clusterctl_would_not_install_is_not_released(string version, string sentence)
    {
        var (exit, error) = await ReleaseFolder.MakeAsync(version, made.Folder);
        Assert.Equal((1, sentence), (exit, error.Trim()));
    }

    [Fact]
    public async Task The_release_says_that_it_keeps_the_contract_of_v1beta2()
    {
        var metadata = Rendered.Json(await ReadAsync("metadata.yaml"));
        Assert.Equal(("clusterctl.cluster.x-k8s.io/v1alpha3", "Metadata"), ((string?)metadata["apiVersion"], (string?)metadata["kind"]));
        Assert.All(metadata["releaseSeries"]!.AsArray(), series => Assert.Equal("v1beta2", (string?)series!["contract"]));
    }

    [Fact]
    public async Task The_components_are_as_clusterctl_wants_them()
    {
        var text = await ReadAsync("infrastructure-components.yaml");
        // Whatever looks like a variable would be taken for one.
        Assert.DoesNotContain("${", text, StringComparison.Ordinal);
        Assert.Contains($"image: ghcr.io/caphr/caphr:{Version}\n", text, StringComparison.Ordinal);
        var all = Rendered.Documents(text);
        Assert.Equal("caphr-system", (string?)Assert.Single(all, one => (string?)one["kind"] == "Namespace")["metadata"]!["name"]);
        foreach (var one in all)
        {
            var (kind, name) = ((string?)one["kind"], (string?)one["metadata"]!["name"]);
            Assert.True((string?)one["metadata"]!["labels"]?["cluster.x-k8s.io/provider"] == "infrastructure-hetzner-robot", $"{kind} {name} has no provider label.");
            if (one["metadata"]!["namespace"] is { } where) Assert.Equal("caphr-system", (string?)where);
            // Others are left behind on upgrade and delete.
            if (kind is "ClusterRole" or "ClusterRoleBinding") Assert.StartsWith("caphr-system-", name, StringComparison.Ordinal);
            if (kind == "CustomResourceDefinition") Assert.Equal("v1alpha1", (string?)one["metadata"]!["labels"]!["cluster.x-k8s.io/v1beta2"]);
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task Every_variable_has_a_default_or_is_one_that_the_page_names(string template)
    {
        var variables = Variable().Matches(await ReadAsync(template)).Select(match => (Name: match.Groups[1].Value, HasDefault: match.Groups[2].Success)).ToHashSet();
        string[] wanted = template.Contains("vlan", StringComparison.Ordinal) ? [.. s_given, "HETZNER_DATACENTER", "VLAN_ID"] : s_given;
        Assert.Equal(wanted.Order(StringComparer.Ordinal), variables.Where(variable => !variable.HasDefault).Select(variable => variable.Name).Order(StringComparer.Ordinal));
        var page = Checkout.Read("docs/install.md");
        Assert.All(variables, variable => Assert.Contains($"`{variable.Name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_loses_patience_with_a_server_that_is_being_built_and_a_sick_network_is_no_reason_to_reset_everything()
    {
        var checks = (await ObjectsAsync("cluster-template.yaml")).Where(one => (string?)one["kind"] == "MachineHealthCheck").Select(one => one["spec"]!).ToList();
        Assert.Equal(2, checks.Count);
        var classed = Rendered.Documents(await ReadAsync("clusterclass-caphr.yaml")).Single(one => (string?)one["kind"] == "ClusterClass")["spec"]!;
        foreach (var check in checks.Append(classed["controlPlane"]!["healthCheck"]!).Append(classed["workers"]!["machineDeployments"]![0]!["healthCheck"]!))
        {
            Assert.True((int)check["checks"]!["nodeStartupTimeoutSeconds"]! >= 2400);
            Assert.Equal("40%", (string?)check["remediation"]!["triggerIf"]!["unhealthyLessThanOrEqualTo"]);
            Assert.Equal("HetznerRobotRemediationTemplate", (string?)check["remediation"]!["templateRef"]!["kind"]);
        }
    }

    [Fact]
    public async Task Every_reference_in_a_template_leads_to_an_object_of_it()
    {
        foreach (var template in s_templates)
        {
            var all = template.Contains("clusterclass", StringComparison.Ordinal)
                ? [.. await ObjectsAsync(template), .. Rendered.Documents(await ReadAsync("clusterclass-caphr.yaml"))]
                : await ObjectsAsync(template);
            var there = all.Select(one => ((string?)one["kind"], (string?)one["metadata"]!["name"])).ToHashSet();
            foreach (var reference in all.SelectMany(References)) Assert.Contains(reference, there);
        }
    }

    /// <summary>The Lab knows Cluster API's kinds only as far as CAPHR reads them; what it does not know is named in the output.</summary>
    [Fact]
    public async Task A_cluster_of_every_flavour_is_taken_by_an_API_server()
    {
        await using var lab = await TestLab.StartAsync(network: 224, servers: 1);
        await lab.KubectlAsync("create", "namespace", "metal");
        var known = (await lab.KubectlAsync("api-resources", "--no-headers")).Split('\n').Where(line => line.Length > 0).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]).ToHashSet();
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in s_templates.Append("clusterclass-caphr.yaml"))
        {
            foreach (var one in await ObjectsAsync(file))
            {
                if (!known.Contains((string)one["kind"]!))
                {
                    Assert.NotEqual(Infrastructure, (string?)one["apiVersion"]);
                    unknown.Add((string)one["kind"]!);
                    continue;
                }

                var path = Path.Combine(made.Folder, "object.json");
                await File.WriteAllTextAsync(path, one.ToJsonString());
                // Core's kinds have fewer fields in the Lab than in the world; ours have all of them.
                var said = await lab.KubectlAsync("apply", "-n", "metal", "-f", path, (string?)one["apiVersion"] == Infrastructure ? "--validate=strict" : "--validate=warn");
                Assert.Matches("(created|configured|unchanged)", said);
            }
        }

        output.WriteLine($"Not known to the Lab: {string.Join(", ", unknown)}");
        Assert.Contains("demo-reboot", await lab.KubectlAsync("get", "hetznerrobotremediationtemplates", "-n", "metal"), StringComparison.Ordinal);
        Assert.Contains("caphr", await lab.KubectlAsync("get", "hetznerrobotclustertemplates", "-n", "metal"), StringComparison.Ordinal);
    }

    private static IEnumerable<(string?, string?)> References(JsonNode node) => node switch
    {
        JsonObject { Count: > 0 } one when one["kind"] is JsonValue kind && one["name"] is JsonValue name && (one.ContainsKey("apiGroup") || one.ContainsKey("apiVersion")) => [((string?)kind, (string?)name)],
        JsonObject one => one.Select(pair => pair.Value).OfType<JsonNode>().SelectMany(References),
        JsonArray list => list.OfType<JsonNode>().SelectMany(References),
        _ => [],
    };

    private async Task<IReadOnlyList<JsonNode>> ObjectsAsync(string file) => Rendered.Documents(Variable().Replace(await ReadAsync(file), variable => variable.Groups[1].Value switch
    {
        "CLUSTER_NAME" => "demo",
        "NAMESPACE" => "metal",
        "KUBERNETES_VERSION" => "v1.34.1",
        "CONTROL_PLANE_ENDPOINT_HOST" => "192.0.2.5",
        "VLAN_ID" => "4000",
        "HETZNER_DATACENTER" => "fsn1",
        var other => variable.Groups[2].Success ? variable.Groups[2].Value : throw new InvalidOperationException($"{other} has no default."),
    }));

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(made.Release, file));

    [GeneratedRegex(@"\$\{([A-Z_]+)(?::[=-]([^}]*))?\}")]
    private static partial Regex Variable();
}
