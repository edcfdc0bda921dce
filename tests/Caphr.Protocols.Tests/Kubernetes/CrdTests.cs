using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class CrdTests
{
    public static TheoryData<string> Kinds => [.. CrdGenerator.All().Select(CrdYaml.FileName)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_committed_definition_is_what_the_types_say(string file)
    {
        var path = Path.Combine(Folder(), file);
        var expected = CrdYaml.Write(CrdGenerator.All().Single(definition => CrdYaml.FileName(definition) == file));
        if (Environment.GetEnvironmentVariable("CAPHR_WRITE_CRDS") == "1") File.WriteAllText(path, expected);

        Assert.True(File.Exists(path), $"deploy/crds/{file} is missing: run the tests of CrdTests once with CAPHR_WRITE_CRDS=1.");
        Assert.True(File.ReadAllText(path) == expected, $"deploy/crds/{file} differs from the C# types: run the tests of CrdTests once with CAPHR_WRITE_CRDS=1, and commit.");
    }

    [Fact]
    public void No_definition_is_left_over() =>
        Assert.Equal(CrdGenerator.All().Select(CrdYaml.FileName).Order(), Directory.GetFiles(Folder(), "*.yaml").Select(Path.GetFileName).Order());

    [Fact]
    public void The_committed_page_of_fields_is_what_the_types_say()
    {
        var path = Path.Combine(Root(), "docs", "crds.md");
        var expected = CrdPage.Write(CrdGenerator.All());
        if (Environment.GetEnvironmentVariable("CAPHR_WRITE_CRDS") == "1") File.WriteAllText(path, expected);

        Assert.True(File.Exists(path) && File.ReadAllText(path) == expected, "docs/crds.md differs from the C# types: run make crds, and commit.");
    }

    [Fact]
    public void The_page_has_every_field_with_its_description()
    {
        var page = CrdPage.Write(CrdGenerator.All());
        foreach (var definition in CrdGenerator.All())
        {
            var kind = (string)definition["spec"]!["names"]!["kind"]!;
            var section = page[page.IndexOf($"\n## {kind}\n", StringComparison.Ordinal)..].Split("\n## ")[1];
            foreach (var (path, schema) in Fields(Schema(definition), ""))
            {
                // Those of a template's inner spec are the kind's own.
                if (path.Split('/')[1] is not ("spec" or "status") || path.StartsWith("/spec/template/spec/", StringComparison.Ordinal)) continue;
                var line = section.Split('\n').SingleOrDefault(line => line.Replace("[]", "", StringComparison.Ordinal).StartsWith($"| `{path[1..].Replace('/', '.')}` |", StringComparison.Ordinal));
                Assert.True(line?.Contains(((string)schema["description"]!).Replace("|", "\\|", StringComparison.Ordinal), StringComparison.Ordinal), $"{kind} {path} is not on the page.");
            }
        }
    }

    [Fact]
    public void Every_field_explains_itself()
    {
        foreach (var definition in CrdGenerator.All())
        {
            foreach (var (path, schema) in Fields(Schema(definition), (string)definition["metadata"]!["name"]!))
            {
                if (path.EndsWith("/metadata", StringComparison.Ordinal) && schema.Count == 1) continue;
                Assert.True(((string?)schema["description"])?.Length > 0, $"{path} has no description.");
            }
        }
    }

    [Fact]
    public void Templates_have_no_transition_rules_because_a_dry_run_would_break_on_them()
    {
        foreach (var definition in CrdGenerator.All())
        {
            var kind = (string)definition["spec"]!["names"]!["kind"]!;
            var transitions = definition.ToJsonString().Contains("oldSelf", StringComparison.Ordinal);
            Assert.Equal(!kind.EndsWith("Template", StringComparison.Ordinal), transitions);
        }
    }

    [Fact]
    public void Rules_do_not_use_words_that_cel_reserves()
    {
        var rules = CrdGenerator.All().SelectMany(definition => Regex.Matches(definition.ToJsonString(), "\"rule\":\"(.*?)\",\"message\"")).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.DoesNotMatch(@"\.(namespace|package|import|function|var|for|if|in|as|loop|let|const)\b", rule));
    }

    [Fact]
    public void A_host_manifest_needs_nothing_but_a_server_number()
    {
        var spec = Schema(CrdGenerator.Of<HetznerRobotHost>())["properties"]!["spec"]!.AsObject();

        Assert.Equal("""["serverID"]""", spec["required"]!.ToJsonString());
        Assert.Equal("compute", (string?)spec["properties"]!["lifecycleClass"]!["default"]);
        Assert.Equal("NeverDestructiveByDefault", (string?)spec["properties"]!["destructiveProvisioningPolicy"]!["default"]);
        Assert.Equal("""["compute","control-plane","storage"]""", spec["properties"]!["lifecycleClass"]!["enum"]!.ToJsonString());
        Assert.Equal("""{"type":"integer","format":"int32","description":"The server\u0027s number in Hetzner Robot.","minimum":1}""", spec["properties"]!["serverID"]!.ToJsonString());
    }

    [Fact]
    public void Rules_of_a_type_hold_beside_those_of_the_property()
    {
        var machine = Schema(CrdGenerator.Of<HetznerRobotMachine>())["properties"]!["spec"]!["x-kubernetes-validations"]!.AsArray();
        var template = Schema(CrdGenerator.Of<HetznerRobotMachineTemplate>())["properties"]!["spec"]!["properties"]!["template"]!["properties"]!["spec"]!["x-kubernetes-validations"]!.AsArray();

        Assert.Equal(5, machine.Count);
        Assert.Equal(Assert.Single(template)!.ToJsonString(), machine[0]!.ToJsonString());
    }

    [Fact]
    public void Core_and_clusterctl_find_the_definitions_by_their_labels()
    {
        foreach (var definition in CrdGenerator.All())
        {
            var labels = definition["metadata"]!["labels"]!;
            Assert.Equal(("v1alpha1", "v1alpha1", "infrastructure-hetzner-robot"), ((string?)labels["cluster.x-k8s.io/v1beta1"], (string?)labels["cluster.x-k8s.io/v1beta2"], (string?)labels["cluster.x-k8s.io/provider"]));
            // The inventory belongs to no Cluster, so only this label takes it along in a move.
            Assert.Equal((string?)definition["spec"]!["names"]!["kind"] == nameof(HetznerRobotHost), labels["clusterctl.cluster.x-k8s.io/move-hierarchy"] is not null);
        }
    }

    [Fact]
    public void Conditions_are_a_map_by_type_with_the_fields_core_insists_on()
    {
        var conditions = Schema(CrdGenerator.Of<HetznerRobotMachine>())["properties"]!["status"]!["properties"]!["conditions"]!;

        Assert.Equal("map", (string?)conditions["x-kubernetes-list-type"]);
        Assert.Equal("""["type"]""", conditions["x-kubernetes-list-map-keys"]!.ToJsonString());
        Assert.Equal("""["type","status","lastTransitionTime","reason","message"]""", conditions["items"]!["required"]!.ToJsonString());
        Assert.Equal("integer", (string?)conditions["items"]!["properties"]!["observedGeneration"]!["type"]);
    }

    private static JsonObject Schema(JsonObject definition) => definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();

    private static IEnumerable<(string Path, JsonObject Schema)> Fields(JsonObject schema, string path)
    {
        if (schema["items"] is JsonObject items) return Fields(items, path);
        return (schema["properties"] as JsonObject ?? []).SelectMany(property =>
        {
            var child = property.Value!.AsObject();
            return Fields(child, $"{path}/{property.Key}").Prepend(($"{path}/{property.Key}", child));
        });
    }

    private static string Folder() => Path.Combine(Root(), "deploy", "crds");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Caphr.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
