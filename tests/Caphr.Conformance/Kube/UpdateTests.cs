namespace Caphr.Conformance.Kube;

/// <summary>PUT: optimistic locking, and what an update cannot change however it is written.</summary>
public sealed class UpdateTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task An_update_of_what_was_read_succeeds_and_moves_the_version()
    {
        var read = await NewWidgetAsync("one");
        var wanted = read.Json;
        wanted["spec"]!["size"] = 8;

        var updated = (await Api.PutAsync($"{WidgetPath}/one", wanted)).Is(200);

        Assert.Equal("8", updated.At("spec", "size"));
        Assert.NotEqual(read.Version, updated.Version);
        Assert.Equal(2, updated.Generation);
    }

    [Fact]
    public async Task An_update_of_what_has_changed_since_is_a_conflict()
    {
        var read = await NewWidgetAsync("one");
        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "size": 8 } }""")).Is(200);
        var late = read.Json;
        late["spec"]!["size"] = 9;

        var refused = (await Api.PutAsync($"{WidgetPath}/one", late)).Refused(409, "Conflict");

        Assert.Equal("one", refused.At("details", "name"));
        Assert.Equal("8", (await ReadWidgetAsync("one")).At("spec", "size"));
    }

    [Fact]
    public async Task A_custom_resource_is_not_overwritten_blindly()
    {
        await NewWidgetAsync("one");

        (await Api.PutAsync($"{WidgetPath}/one", Widget("one", "\"size\": 8"))).Invalid("FieldValueInvalid", "metadata.resourceVersion");
    }

    [Fact]
    public async Task A_ConfigMap_may_be_overwritten_blindly()
    {
        await NewConfigMapAsync("one");

        Assert.Equal("2", (await Api.PutAsync($"{ConfigMapPath}/one", ConfigMap("one", "\"a\": \"2\""))).Is(200).At("data", "a"));
    }

    [Fact]
    public async Task An_update_that_changes_nothing_writes_nothing()
    {
        var read = await NewWidgetAsync("one");

        Assert.Equal(read.Version, (await Api.PutAsync($"{WidgetPath}/one", read.Json)).Is(200).Version);
    }

    [Fact]
    public async Task In_metadata_empty_is_the_same_as_nothing()
    {
        var read = await NewWidgetAsync("one");

        var updated = (await Api.MergeAsync($"{WidgetPath}/one", """{ "metadata": { "labels": {}, "annotations": {}, "finalizers": [] } }""")).Is(200);

        Assert.Equal(read.Version, updated.Version);
        Assert.Null(updated.Node("metadata", "annotations"));
    }

    [Fact]
    public async Task A_label_moves_the_version_but_not_the_generation()
    {
        var read = await NewWidgetAsync("one");

        var updated = (await Api.MergeAsync($"{WidgetPath}/one", """{ "metadata": { "labels": { "a": "b" } } }""")).Is(200);

        Assert.NotEqual(read.Version, updated.Version);
        Assert.Equal(1, updated.Generation);
    }

    [Fact]
    public async Task An_object_of_another_uid_is_another_object()
    {
        var read = await NewWidgetAsync("one");
        var wanted = read.Json;
        wanted["metadata"]!["uid"] = "11111111-2222-3333-4444-555555555555";

        (await Api.PutAsync($"{WidgetPath}/one", wanted)).Refused(409, "Conflict");
    }

    [Fact]
    public async Task What_the_server_wrote_stays_as_it_wrote_it()
    {
        var read = await NewWidgetAsync("one");
        var wanted = read.Json;
        wanted["metadata"]!["generation"] = 77;
        wanted["metadata"]!.AsObject().Remove("creationTimestamp");
        wanted["spec"]!["size"] = 8;

        var updated = (await Api.PutAsync($"{WidgetPath}/one", wanted)).Is(200);

        Assert.Equal(2, updated.Generation);
        Assert.Equal(read.At("metadata", "creationTimestamp"), updated.At("metadata", "creationTimestamp"));
    }

    [Fact]
    public async Task Path_and_body_name_the_same_object()
    {
        var read = await NewWidgetAsync("one");
        var wanted = read.Json;
        wanted["metadata"]!["name"] = "two";

        (await Api.PutAsync($"{WidgetPath}/one", wanted)).Refused(400, "BadRequest");
    }

    [Fact]
    public async Task A_custom_resource_is_not_created_by_an_update()
    {
        (await Api.PutAsync($"{WidgetPath}/one", Widget("one", metadata: "\"resourceVersion\": \"1\""))).Is(404, 409);

        (await ReadWidgetAsync("one")).Is(404);
    }
}
