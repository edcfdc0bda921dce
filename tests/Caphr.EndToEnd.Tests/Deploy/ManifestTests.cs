using System.Text.Json.Nodes;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Host.Cli;
using Caphr.Host.Configuration;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>What is shipped to run CAPHR in a cluster, as kubectl renders it.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Installations { get; } = ["deploy/base", "deploy/overlays/postgres", "deploy/overlays/configured", "deploy/overlays/diagnostics", "deploy/overlays/tracing"];

    [Theory]
    [MemberData(nameof(Installations))]
    public async Task The_pod_asks_for_nothing_that_the_restricted_level_forbids(string folder)
    {
        var pod = await Rendered.PodOfAsync(folder);
        var container = Assert.Single(pod["containers"]!.AsArray())!;

        Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
        Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
        Assert.False((bool)container["securityContext"]!["allowPrivilegeEscalation"]!);
        Assert.True((bool)container["securityContext"]!["readOnlyRootFilesystem"]!);
        Assert.Equal(["ALL"], container["securityContext"]!["capabilities"]!["drop"]!.AsArray().Select(one => (string?)one));
        Assert.All(pod["volumes"]?.AsArray() ?? [], volume => Assert.Null(volume!["hostPath"]));
    }

    [Theory]
    [MemberData(nameof(Installations))]
    public async Task Every_argument_of_the_pod_is_one_that_caphr_knows(string folder)
    {
        var container = (await Rendered.PodOfAsync(folder))["containers"]![0]!;
        var arguments = container["args"]!.AsArray().Select(argument => (string)argument!).ToArray();

        Assert.Empty(RunCommand.Create(Provisioning.TestLab.Clock, new Random(1)).Parse(arguments[1..]).Errors);
        Assert.Equal("run", arguments[0]);
        var health = Assert.Single(arguments, argument => argument.StartsWith("--health-port=", StringComparison.Ordinal)).Split('=')[1];
        Assert.Equal(health, PortOf(container, "health"));
    }

    [Fact]
    public async Task Diagnostics_over_https_are_heard_where_the_Service_and_the_policy_say()
    {
        var all = await Rendered.RenderAsync("deploy/overlays/diagnostics");
        var container = (await Rendered.PodOfAsync("deploy/overlays/diagnostics"))["containers"]![0]!;
        var port = (string?)container["env"]!.AsArray().Single(one => (string?)one!["name"] == Settings.DiagnosticsPort.Variable)!["value"];
        Assert.Equal(port, PortOf(container, "diagnostics"));
        Assert.Contains(container["volumeMounts"]!.AsArray(), mount => (string?)mount!["mountPath"] == (string?)container["env"]!.AsArray().Single(one => (string?)one!["name"] == Settings.DiagnosticsTls.Variable)!["value"]);
        Assert.Contains(Only("Service")["spec"]!["ports"]!.AsArray(), one => one!["port"]!.ToJsonString() == port);
        Assert.Contains(Only("NetworkPolicy")["spec"]!["ingress"]!.AsArray().SelectMany(rule => rule!["ports"]!.AsArray()), one => one!["port"]!.ToJsonString() == port);

        JsonNode Only(string kind) => all.Single(one => (string?)one["kind"] == kind);
    }

    [Fact]
    public async Task Traces_are_sent_to_a_port_that_the_policy_lets_out()
    {
        var environment = (await Rendered.PodOfAsync("deploy/overlays/tracing"))["containers"]![0]!["env"]!.AsArray();
        var collector = (string?)environment.Single(one => (string?)one!["name"] == Settings.OtlpEndpoint.Variable)!["value"];
        var policy = (await Rendered.RenderAsync("deploy/overlays/tracing")).Single(one => (string?)one["kind"] == "NetworkPolicy");

        Assert.Null(Settings.OtlpEndpoint.Wrong(collector!));
        Assert.Contains(policy["spec"]!["egress"]!.AsArray().SelectMany(rule => rule!["ports"]!.AsArray()), one => (int)one!["port"]! == new Uri(collector!).Port);
    }

    /// <summary>The component changes nothing of what it is added to but what it says.</summary>
    [Fact]
    public async Task Without_the_component_nobody_listens_for_diagnostics_on_the_network() =>
        Assert.DoesNotContain("8443", string.Concat((await Rendered.RenderAsync("deploy/base")).Where(one => (string?)one["kind"] != "CustomResourceDefinition").Select(one => one.ToJsonString())), StringComparison.Ordinal);

    private static string PortOf(JsonNode container, string name) => container["ports"]!.AsArray().Single(port => (string?)port!["name"] == name)!["containerPort"]!.ToJsonString();

    [Theory]
    [MemberData(nameof(Installations))]
    public async Task Whatever_caphr_writes_is_on_a_volume(string folder)
    {
        var container = (await Rendered.PodOfAsync(folder))["containers"]![0]!;
        var mounts = container["volumeMounts"]!.AsArray().Select(mount => (string)mount!["mountPath"]!).ToList();
        var files = container["args"]!.AsArray().Select(argument => (string)argument!).Where(argument => argument.Contains("=/", StringComparison.Ordinal)).Select(argument => argument.Split('=')[1]);

        Assert.All(files, file => Assert.Contains(mounts, mount => file == mount || file.StartsWith(mount + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Roles_name_every_resource_and_every_verb_one_by_one()
    {
        var roles = (await Rendered.RenderAsync("deploy/base")).Where(one => (string?)one["kind"] is "Role" or "ClusterRole").ToList();
        Assert.Equal(2, roles.Count);
        foreach (var rule in roles.SelectMany(role => role["rules"]!.AsArray()))
        {
            Assert.DoesNotContain("*", rule!.ToJsonString(), StringComparison.Ordinal);
            if (rule["resources"]!.ToJsonString().Contains("secrets", StringComparison.Ordinal)) Assert.Equal("""["get"]""", rule["verbs"]!.ToJsonString());
        }
    }

    /// <summary>Whoever signs a kubelet's certificate says who is a node. That is the business of the cluster, and a provider's account cannot do it by mistake.</summary>
    [Fact]
    public async Task No_role_lets_CAPHR_approve_a_certificate()
    {
        var roles = (await Rendered.RenderAsync("deploy/base")).Where(one => (string?)one["kind"] is "Role" or "ClusterRole").ToList();

        Assert.Equal(2, roles.Count);
        Assert.All(roles, role => Assert.DoesNotContain("certificate", role["rules"]!.ToJsonString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Several_replicas_share_a_database_and_one_has_a_volume_of_its_own()
    {
        var one = await Rendered.SetOfAsync("deploy/base");
        Assert.Equal((1, 1), ((int)one["replicas"]!, one["volumeClaimTemplates"]!.AsArray().Count));
        var several = await Rendered.SetOfAsync("deploy/overlays/postgres");
        Assert.Equal((3, 0), ((int)several["replicas"]!, several["volumeClaimTemplates"]!.AsArray().Count));
        Assert.Contains("--postgres-file=", several.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_of_settings_that_is_shipped_is_one_that_caphr_reads()
    {
        var maps = (await Rendered.RenderAsync("deploy/overlays/configured")).Where(one => (string?)one["kind"] == "ConfigMap").ToList();
        var (file, text) = Assert.Single(Assert.Single(maps)["data"]!.AsObject());
        var read = ConfigurationFile.Read(file, (string)text!);
        Assert.True(read.Succeeded, read.Failure?.Message);
        Assert.NotEmpty(read.Value);

        var container = (await Rendered.PodOfAsync("deploy/overlays/configured"))["containers"]![0]!;
        Assert.Contains(container["env"]!.AsArray(), variable => (string?)variable!["name"] == HostConfiguration.FileVariable && (string?)variable["value"] == $"/etc/caphr/{file}");
    }

    [Fact]
    public async Task Every_definition_is_installed()
    {
        var shipped = Directory.GetFiles(Path.Combine(Checkout.Root, "deploy", "crds"), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file) + ".infrastructure.cluster.x-k8s.io");
        var rendered = (await Rendered.RenderAsync("deploy/base")).Where(one => (string?)one["kind"] == "CustomResourceDefinition").Select(one => (string?)one["metadata"]!["name"]);
        Assert.Equal(shipped.Order(StringComparer.Ordinal), rendered.Order(StringComparer.Ordinal));
    }
}
