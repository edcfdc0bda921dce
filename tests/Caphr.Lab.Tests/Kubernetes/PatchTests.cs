namespace Caphr.Lab.Tests.Kubernetes;

public sealed class PatchTests
{
    private const string Strategic = "application/strategic-merge-patch+json";

    [Fact]
    public async Task A_json_patch_whose_test_fails_changes_nothing()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        var refused = await lab.PatchAsync(
            Samples.Boxes + "/one",
            """[{ "op": "replace", "path": "/spec/mode", "value": "Fast" }, { "op": "test", "path": "/spec/serverID", "value": 8 }]""",
            LabSession.JsonPatch);

        refused.Expect(422);
        Assert.Equal("Safe", (await lab.GetAsync(Samples.Boxes + "/one")).Json["spec"]!["mode"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_json_patch_reaches_keys_with_slashes()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one", metadata: "\"annotations\": { \"a/b\": \"1\", \"c\": \"2\" }"));

        var patched = (await lab.PatchAsync(Samples.ConfigMaps + "/one", """[{ "op": "remove", "path": "/metadata/annotations/a~1b" }]""", LabSession.JsonPatch)).Expect(200);

        Assert.Equal("""{"c":"2"}""", patched.Json["metadata"]!["annotations"]!.ToJsonString());
    }

    [Fact]
    public async Task A_strategic_patch_is_for_built_in_kinds_only()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        (await lab.PatchAsync(Samples.Boxes + "/one", """{ "spec": { "mode": "Fast" } }""", Strategic)).Expect(415);
    }

    [Fact]
    public async Task A_strategic_patch_merges_finalizers_and_deletes_by_directive()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one", "\"a\": \"1\", \"b\": \"2\"", "\"finalizers\": [\"x.example.com/a\"]"));

        var added = await lab.PatchAsync(Samples.ConfigMaps + "/one", """{ "metadata": { "finalizers": ["x.example.com/b"] }, "data": { "a": null } }""", Strategic);
        var removed = await lab.PatchAsync(Samples.ConfigMaps + "/one", """{ "metadata": { "$deleteFromPrimitiveList/finalizers": ["x.example.com/a"] } }""", Strategic);

        Assert.Equal("""["x.example.com/a","x.example.com/b"]""", added.Expect(200).Json["metadata"]!["finalizers"]!.ToJsonString());
        Assert.Equal("""{"b":"2"}""", added.Json["data"]!.ToJsonString());
        Assert.Equal("""["x.example.com/b"]""", removed.Expect(200).Json["metadata"]!["finalizers"]!.ToJsonString());
    }

    [Fact]
    public async Task A_body_of_another_kind_or_name_is_refused()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));

        (await lab.PostAsync(Samples.Boxes, Samples.ConfigMap("one"))).Expect(400);
        (await lab.PutAsync(Samples.ConfigMaps + "/one", System.Text.Json.Nodes.JsonNode.Parse(Samples.ConfigMap("two"))!)).Expect(400);
        (await lab.PostAsync(Samples.ConfigMaps, "{ not json")).Expect(400);
        (await lab.PostAsync(Samples.ConfigMaps, """{ "kind": "ConfigMap", "kind": "Secret" }""")).Expect(400);
    }
}
