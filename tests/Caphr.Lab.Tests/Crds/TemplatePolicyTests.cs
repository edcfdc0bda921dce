using System.Text.Json.Nodes;
using Caphr.Lab.Tests.Kubernetes;

namespace Caphr.Lab.Tests.Crds;

/// <summary>Templates do not change, except for the labels and annotations they pass on; the topology controller may try changes out.</summary>
public sealed class TemplatePolicyTests(CrdLab crds) : IClassFixture<CrdLab>
{
    private const string DryRunAnnotation = "topology.cluster.x-k8s.io/dry-run";

    public static TheoryData<string, string> Templates => new()
    {
        { "HetznerRobotClusterTemplate", """{ "dc": "nbg1" }""" },
        { "HetznerRobotMachineTemplate", """{ "talosVersion": "v1.13.0" }""" },
        { "HetznerRobotRemediationTemplate", """{ "strategy": { "retryLimit": 9 } }""" },
    };

    [Fact]
    public async Task The_policy_names_every_template_there_is()
    {
        var policy = (await crds.Lab.GetAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/caphr-templates-are-immutable")).Expect(200).Json;

        var named = policy["spec"]!["matchConstraints"]!["resourceRules"]![0]!["resources"]!.AsArray().Select(resource => (string)resource!);

        Assert.Equal(Kinds.Names.Where(kind => kind.EndsWith("Template", StringComparison.Ordinal)).Select(kind => kind.ToLowerInvariant() + "s").Order(), named.Order());
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task The_spec_of_a_template_cannot_change_and_the_refusal_says_what_to_do(string kind, string change)
    {
        var template = await CreateAsync(kind);

        var refused = (await PatchAsync(template, Change(change))).Expect(422);

        Assert.EndsWith(
            $"denied request: spec.template.spec of {kind} {template.Name} cannot change: create a template under a new name, and write that name where this one is referred to",
            refused.Message,
            StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(Kinds.CompleteOf(kind, "any")["spec"], (await crds.Lab.GetAsync(template.Path)).Json["spec"]));
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task A_dry_run_of_the_topology_controller_may_change_it_and_leaves_nothing_behind(string kind, string change)
    {
        var template = await CreateAsync(kind);
        var tried = Change(change, $$""" "metadata": { "annotations": { "{{DryRunAnnotation}}": "" } }, """);

        (await PatchAsync(template, tried, "?dryRun=All")).Expect(200);

        Assert.True(JsonNode.DeepEquals(Kinds.CompleteOf(kind, "any")["spec"], (await crds.Lab.GetAsync(template.Path)).Json["spec"]));
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task The_topology_controller_sees_by_server_side_apply_whether_a_template_would_change(string kind, string change)
    {
        // What it does at every look: the template as it made it, and as it would make it now, each applied dry. Only a difference makes a new one.
        var template = await ApplyAsync(kind, crds.NextName(), dry: false);
        var before = template.Json;

        var same = await ApplyAsync(kind, (string)before["metadata"]!["name"]!, dry: true);
        Assert.True(JsonNode.DeepEquals(before["spec"], same.Json["spec"]), same.Text);
        Assert.Equal((int?)before["metadata"]!["generation"], (int?)same.Json["metadata"]!["generation"]);

        var other = await ApplyAsync(kind, (string)before["metadata"]!["name"]!, dry: true, change);
        Assert.False(JsonNode.DeepEquals(before["spec"], other.Json["spec"]));
        (await ApplyAsync(kind, (string)before["metadata"]!["name"]!, dry: false, change, status: 422)).Expect(422);
    }

    [Fact]
    public async Task What_the_autoscaler_is_told_is_written_beside_a_template_that_the_topology_owns()
    {
        var made = await ApplyAsync("HetznerRobotMachineTemplate", crds.NextName(), dry: false);
        var name = (string)made.Json["metadata"]!["name"]!;
        var path = $"{Kinds.PathOf("HetznerRobotMachineTemplate")}/{name}";

        (await crds.Lab.PatchAsync(path + "/status", """{ "status": { "capacity": { "cpu": "16", "memory": "64001Mi" }, "nodeInfo": { "architecture": "amd64", "operatingSystem": "linux" } } }""")).Expect(200);
        var again = await ApplyAsync("HetznerRobotMachineTemplate", name, dry: false);

        Assert.Equal("16", (string?)again.Json["status"]!["capacity"]!["cpu"]);
        Assert.Equal((int?)made.Json["metadata"]!["generation"], (int?)again.Json["metadata"]!["generation"]);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task Neither_a_dry_run_alone_nor_the_annotation_alone_is_enough(string kind, string change)
    {
        var template = await CreateAsync(kind);

        (await PatchAsync(template, Change(change), "?dryRun=All")).Expect(422);
        (await PatchAsync(template, Change(change, $$""" "metadata": { "annotations": { "{{DryRunAnnotation}}": "" } }, """))).Expect(422);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task Labels_owners_and_what_is_passed_on_may_change_and_it_may_be_deleted(string kind, string change)
    {
        Assert.NotEmpty(change);
        var template = await CreateAsync(kind);

        (await PatchAsync(template, """{ "metadata": { "labels": { "topology.cluster.x-k8s.io/owned": "" }, "annotations": { "clusterctl.cluster.x-k8s.io/delete-for-move": "" } } }""")).Expect(200);
        (await PatchAsync(template, """{ "spec": { "template": { "metadata": { "labels": { "tier": "gold" } } } } }""")).Expect(200);
        (await crds.Lab.DeleteAsync(template.Path)).Expect(200);
    }

    private async Task<(string Name, string Path)> CreateAsync(string kind)
    {
        var name = crds.NextName();
        (await crds.Lab.PostAsync(Kinds.PathOf(kind), Kinds.CompleteOf(kind, name).ToJsonString())).Expect(201);
        return (name, $"{Kinds.PathOf(kind)}/{name}");
    }

    /// <summary>As the topology controller writes, by force and under its name, with the annotation that says when it is only a trial.</summary>
    private async Task<Answer> ApplyAsync(string kind, string name, bool dry, string? change = null, int? status = null)
    {
        var manifest = Kinds.CompleteOf(kind, name);
        manifest.Remove("status");
        if (dry) manifest["metadata"]!["annotations"] = new JsonObject { [DryRunAnnotation] = "" };
        foreach (var (field, value) in change is null ? [] : JsonNode.Parse(change)!.AsObject().ToList()) manifest["spec"]!["template"]!["spec"]![field] = value?.DeepClone();
        var answer = await crds.Lab.PatchAsync($"{Kinds.PathOf(kind)}/{name}?fieldManager=capi-topology&force=true{(dry ? "&dryRun=All" : "")}", manifest.ToJsonString(), LabSession.ApplyPatch);
        if (status is null) Assert.True(answer.Code is 200 or 201, answer.Text);
        return answer;
    }

    private Task<Answer> PatchAsync((string Name, string Path) template, string patch, string query = "") => crds.Lab.PatchAsync(template.Path + query, patch);

    private static string Change(string spec, string beside = "") => $$"""{ {{beside}} "spec": { "template": { "spec": {{spec}} } } }""";
}
