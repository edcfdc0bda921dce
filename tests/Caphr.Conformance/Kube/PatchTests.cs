namespace Caphr.Conformance.Kube;

/// <summary>PATCH in its three older forms; the newest, apply, has cases of its own.</summary>
public sealed class PatchTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task A_merge_patch_changes_what_it_names_and_nothing_else()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"tags\": { \"a\": \"1\", \"b\": \"2\" }");

        var patched = (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "tags": { "b": "3" } } }""")).Is(200);

        Assert.Equal(("7", "1", "3"), (patched.At("spec", "size"), patched.At("spec", "tags", "a"), patched.At("spec", "tags", "b")));
    }

    [Fact]
    public async Task Null_in_a_merge_patch_removes()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"tags\": { \"a\": \"1\", \"b\": \"2\" }", Labels("\"x\": \"y\""));

        var patched = (await Api.MergeAsync($"{WidgetPath}/one", """{ "metadata": { "labels": null }, "spec": { "tags": { "a": null } } }""")).Is(200);

        Assert.Null(patched.Node("metadata", "labels"));
        Assert.Equal((null, "2"), (patched.At("spec", "tags", "a"), patched.At("spec", "tags", "b")));
    }

    [Fact]
    public async Task A_merge_patch_replaces_lists_whole()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"ports\": [{ \"name\": \"a\" }, { \"name\": \"b\" }]");

        var patched = (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "ports": [{ "name": "c" }] } }""")).Is(200);

        Assert.Equal("c", Assert.Single(patched.Node("spec", "ports")!.AsArray())!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_merge_patch_with_a_version_is_optimistic()
    {
        var read = await NewWidgetAsync("one");
        var body = $$"""{ "metadata": { "resourceVersion": "{{read.Version}}" }, "spec": { "size": 8 } }""";

        (await Api.MergeAsync($"{WidgetPath}/one", body)).Is(200);
        (await Api.MergeAsync($"{WidgetPath}/one", body.Replace("8", "9", StringComparison.Ordinal))).Refused(409, "Conflict");

        Assert.Equal("8", (await ReadWidgetAsync("one")).At("spec", "size"));
    }

    [Fact]
    public async Task A_JSON_patch_is_done_step_by_step()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"zones\": [\"a\", \"b\"]", Labels("\"a/b\": \"c\""));

        var patched = (await Api.PatchAsync($"{WidgetPath}/one", KubeApi.JsonPatch, """
            [{ "op": "test", "path": "/spec/size", "value": 7 }, { "op": "replace", "path": "/spec/size", "value": 8 },
             { "op": "add", "path": "/spec/zones/-", "value": "c" }, { "op": "remove", "path": "/spec/zones/0" },
             { "op": "remove", "path": "/metadata/labels/a~1b" }]
            """)).Is(200);

        Assert.Equal("8", patched.At("spec", "size"));
        Assert.Equal(["b", "c"], patched.Node("spec", "zones")!.AsArray().Select(zone => zone!.GetValue<string>()));
        Assert.Null(patched.At("metadata", "labels", "a/b"));
    }

    [Fact]
    public async Task A_failed_test_undoes_the_whole_JSON_patch()
    {
        await NewWidgetAsync("one");

        (await Api.PatchAsync($"{WidgetPath}/one", KubeApi.JsonPatch, """
            [{ "op": "replace", "path": "/spec/size", "value": 8 }, { "op": "test", "path": "/spec/mode", "value": "Fast" }]
            """)).Refused(422, "Invalid");

        Assert.Equal("7", (await ReadWidgetAsync("one")).At("spec", "size"));
    }

    [Fact]
    public async Task A_JSON_patch_of_what_is_not_there_is_refused()
    {
        await NewWidgetAsync("one");

        (await Api.PatchAsync($"{WidgetPath}/one", KubeApi.JsonPatch, """[{ "op": "remove", "path": "/spec/hostRef" }]""")).Refused(422, "Invalid");
    }

    [Fact]
    public async Task A_strategic_patch_knows_the_lists_of_built_in_kinds()
    {
        await NewConfigMapAsync("one", metadata: Finalizers("caphr.example/a"));

        var patched = (await Api.PatchAsync($"{ConfigMapPath}/one", KubeApi.StrategicPatch, """{ "metadata": { "finalizers": ["caphr.example/b"] }, "data": { "a": null, "c": "3" } }""")).Is(200);

        Assert.Equal(["caphr.example/a", "caphr.example/b"], patched.Node("metadata", "finalizers")!.AsArray().Select(name => name!.GetValue<string>()).Order());
        Assert.Equal((null, "3"), (patched.At("data", "a"), patched.At("data", "c")));
    }

    [Fact]
    public async Task A_strategic_patch_of_a_custom_resource_is_refused()
    {
        await NewWidgetAsync("one");

        (await Api.PatchAsync($"{WidgetPath}/one", KubeApi.StrategicPatch, """{ "spec": { "size": 8 } }""")).Refused(415, "UnsupportedMediaType");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task A_patch_of_no_known_form_is_refused(string contentType)
    {
        await NewWidgetAsync("one");

        (await Api.PatchAsync($"{WidgetPath}/one", contentType, """{ "spec": { "size": 8 } }""")).Refused(415, "UnsupportedMediaType");

        Assert.Equal("7", (await ReadWidgetAsync("one")).At("spec", "size"));
    }

    [Fact]
    public async Task A_patch_needs_something_to_patch() =>
        (await Api.MergeAsync($"{WidgetPath}/none", """{ "spec": { "size": 8 } }""")).Refused(404, "NotFound");

    [Fact]
    public async Task A_patch_that_changes_nothing_writes_nothing()
    {
        var read = await NewWidgetAsync("one");

        Assert.Equal(read.Version, (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "size": 7 } }""")).Is(200).Version);
    }

    [Fact]
    public async Task Force_belongs_to_apply_alone()
    {
        await NewWidgetAsync("one");

        (await Api.MergeAsync($"{WidgetPath}/one?force=true", """{ "spec": { "size": 8 } }""")).Refused(422, "Invalid");
    }
}
