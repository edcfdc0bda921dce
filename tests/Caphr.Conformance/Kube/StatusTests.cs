namespace Caphr.Conformance.Kube;

/// <summary>Spec is what users want and status what controllers saw; each is written on its own path and not on the other's.</summary>
public sealed class StatusTests(KubeCluster cluster) : KubeCase(cluster)
{
    private string One => $"{WidgetPath}/one";

    [Fact]
    public async Task A_status_is_written_on_its_own_path()
    {
        var created = await NewWidgetAsync("one");

        var written = (await Api.MergeAsync($"{One}/status", """{ "status": { "phase": "Ready" } }""")).Is(200);

        Assert.Equal("Ready", written.At("status", "phase"));
        Assert.NotEqual(created.Version, written.Version);
        Assert.Equal(1, written.Generation);
    }

    [Fact]
    public async Task Spec_is_not_written_on_the_path_of_the_status()
    {
        await NewWidgetAsync("one");

        var written = (await Api.MergeAsync($"{One}/status", """{ "spec": { "size": 8 }, "status": { "phase": "Ready" } }""")).Is(200);

        Assert.Equal(("7", "Ready"), (written.At("spec", "size"), written.At("status", "phase")));
    }

    [Fact]
    public async Task Status_is_not_written_on_the_path_of_the_object()
    {
        await NewWidgetAsync("one");

        var written = (await Api.MergeAsync(One, """{ "spec": { "size": 8 }, "status": { "phase": "Ready" } }""")).Is(200);

        Assert.Equal(("8", null), (written.At("spec", "size"), written.At("status", "phase")));
    }

    [Fact]
    public async Task A_status_that_was_written_survives_an_update_without_it()
    {
        await NewWidgetAsync("one");
        var read = (await Api.MergeAsync($"{One}/status", """{ "status": { "phase": "Ready" } }""")).Is(200).Json;
        read.Remove("status");
        read["spec"]!["size"] = 8;

        Assert.Equal("Ready", (await Api.PutAsync(One, read)).Is(200).At("status", "phase"));
    }

    [Fact]
    public async Task Labels_are_not_written_with_the_status()
    {
        await NewWidgetAsync("one");

        (await Api.MergeAsync($"{One}/status", """{ "metadata": { "labels": { "a": "b" } }, "status": { "phase": "Ready" } }""")).Is(200);

        Assert.Null((await ReadWidgetAsync("one")).At("metadata", "labels", "a"));
    }

    [Fact]
    public async Task A_status_is_locked_like_the_object_it_belongs_to()
    {
        var read = await NewWidgetAsync("one");
        (await Api.MergeAsync(One, """{ "spec": { "size": 8 } }""")).Is(200);
        var late = read.Json;
        late["status"] = new System.Text.Json.Nodes.JsonObject { ["phase"] = "Ready" };

        (await Api.PutAsync($"{One}/status", late)).Refused(409, "Conflict");
    }

    [Fact]
    public async Task The_path_of_the_status_shows_the_whole_object()
    {
        await NewWidgetAsync("one");

        Assert.Equal("7", (await Api.GetAsync($"{One}/status")).Is(200).At("spec", "size"));
    }

    [Fact]
    public async Task A_status_is_neither_created_nor_deleted()
    {
        await NewWidgetAsync("one");

        (await Api.DeleteAsync($"{One}/status")).Is(405);
        (await Api.PostAsync($"{One}/status", Widget("one"))).Is(405);
        (await Api.MergeAsync($"{WidgetPath}/none/status", """{ "status": {} }""")).Refused(404, "NotFound");
    }

    [Fact]
    public async Task The_scale_shows_how_many_there_are_and_should_be()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"replicas\": 3");
        (await Api.MergeAsync($"{One}/status", """{ "status": { "replicas": 2, "selector": "a=b" } }""")).Is(200);

        var scale = (await Api.GetAsync($"{One}/scale")).Is(200);

        Assert.Equal(("Scale", "autoscaling/v1"), (scale.At("kind"), scale.At("apiVersion")));
        Assert.Equal(("3", "2", "a=b"), (scale.At("spec", "replicas"), scale.At("status", "replicas"), scale.At("status", "selector")));
        Assert.Equal((await ReadWidgetAsync("one")).Version, scale.Version);
    }

    [Fact]
    public async Task Scaling_changes_the_number_and_nothing_else()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"replicas\": 3");
        var wanted = (await Api.GetAsync($"{One}/scale")).Is(200).Json;
        wanted["spec"]!["replicas"] = 5;

        (await Api.PutAsync($"{One}/scale", wanted)).Is(200);

        var seen = await ReadWidgetAsync("one");
        Assert.Equal(("7", "5", 2L), (seen.At("spec", "size"), seen.At("spec", "replicas"), seen.Generation));
        Assert.Equal("6", (await Api.MergeAsync($"{One}/scale", """{ "spec": { "replicas": 6 } }""")).Is(200).At("spec", "replicas"));
    }

    [Fact]
    public async Task A_scale_is_locked_too()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"replicas\": 3");
        var late = (await Api.GetAsync($"{One}/scale")).Is(200).Json;
        (await Api.MergeAsync(One, """{ "spec": { "size": 8 } }""")).Is(200);
        late["spec"]!["replicas"] = 5;

        (await Api.PutAsync($"{One}/scale", late)).Refused(409, "Conflict");
    }

    [Fact]
    public async Task There_is_no_less_than_none()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"replicas\": 3");

        (await Api.MergeAsync($"{One}/scale", """{ "spec": { "replicas": -1 } }""")).Refused(422, "Invalid");
    }
}
