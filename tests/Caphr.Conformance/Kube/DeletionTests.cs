namespace Caphr.Conformance.Kube;

/// <summary>DELETE: preconditions, finalizers, and what dying objects may still do.</summary>
public sealed class DeletionTests(KubeCluster cluster) : KubeCase(cluster)
{
    private const string Finalizer = "caphr.example/wait";

    private string One => $"{WidgetPath}/one";

    [Fact]
    public async Task An_object_that_nobody_holds_is_gone_at_once()
    {
        await NewWidgetAsync("one");

        var answer = (await Api.DeleteAsync(One)).Is(200);

        Assert.Equal(("Status", "Success"), (answer.At("kind"), answer.At("status")));
        (await ReadWidgetAsync("one")).Is(404);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_deleted() => (await Api.DeleteAsync($"{WidgetPath}/none")).Refused(404, "NotFound");

    [Fact]
    public async Task A_deletion_may_insist_on_one_incarnation()
    {
        var created = await NewWidgetAsync("one");

        (await Api.DeleteAsync(One, Options("\"preconditions\": { \"uid\": \"11111111-2222-3333-4444-555555555555\" }"))).Refused(409, "Conflict");
        (await Api.DeleteAsync(One, Options($"\"preconditions\": {{ \"uid\": \"{created.Uid}\" }}"))).Is(200);
    }

    [Fact]
    public async Task A_deletion_may_insist_on_one_version()
    {
        var created = await NewWidgetAsync("one");
        var changed = (await Api.MergeAsync(One, """{ "spec": { "size": 8 } }""")).Is(200);

        (await Api.DeleteAsync(One, Options($"\"preconditions\": {{ \"resourceVersion\": \"{created.Version}\" }}"))).Refused(409, "Conflict");
        (await Api.DeleteAsync(One, Options($"\"preconditions\": {{ \"resourceVersion\": \"{changed.Version}\" }}"))).Is(200);
    }

    [Fact]
    public async Task A_finalizer_turns_deletion_into_a_wish()
    {
        await NewWidgetAsync("one", metadata: Finalizers(Finalizer));

        var marked = (await Api.DeleteAsync(One)).Is(200, 202);

        Assert.Equal("Widget", marked.At("kind"));
        Assert.True(marked.BeingDeleted);
        Assert.Equal(2, (await ReadWidgetAsync("one")).Is(200).Generation);
        (await Api.MergeAsync(One, """{ "metadata": { "finalizers": null } }""")).Is(200);
        (await ReadWidgetAsync("one")).Is(404);
    }

    [Fact]
    public async Task A_second_wish_changes_nothing()
    {
        await NewWidgetAsync("one", metadata: Finalizers(Finalizer));
        var marked = (await Api.DeleteAsync(One)).Is(200, 202);

        (await Api.DeleteAsync(One)).Is(200, 202);

        Assert.Equal(marked.At("metadata", "deletionTimestamp"), (await ReadWidgetAsync("one")).At("metadata", "deletionTimestamp"));
    }

    [Fact]
    public async Task A_wish_cannot_be_taken_back()
    {
        await NewWidgetAsync("one", metadata: Finalizers(Finalizer));
        (await Api.DeleteAsync(One)).Is(200, 202);

        await Api.MergeAsync(One, """{ "metadata": { "deletionTimestamp": null } }""");

        Assert.True((await ReadWidgetAsync("one")).Is(200).BeingDeleted);
    }

    [Fact]
    public async Task The_dying_take_no_new_finalizers()
    {
        await NewWidgetAsync("one", metadata: Finalizers(Finalizer));
        (await Api.DeleteAsync(One)).Is(200, 202);

        (await Api.MergeAsync(One, $$"""{ "metadata": { "finalizers": ["{{Finalizer}}", "caphr.example/other"] } }""")).Invalid("FieldValueForbidden", "metadata.finalizers");
    }

    [Fact]
    public async Task The_dying_are_changed_like_the_living()
    {
        await NewWidgetAsync("one", metadata: Finalizers(Finalizer));
        (await Api.DeleteAsync(One)).Is(200, 202);

        Assert.Equal("8", (await Api.MergeAsync(One, """{ "spec": { "size": 8 } }""")).Is(200).At("spec", "size"));
        Assert.Equal("Leaving", (await Api.MergeAsync($"{One}/status", """{ "status": { "phase": "Leaving" } }""")).Is(200).At("status", "phase"));
    }

    [Fact]
    public async Task The_last_finalizer_is_the_last_breath_whoever_takes_it()
    {
        await NewWidgetAsync("one", metadata: Finalizers(Finalizer, "caphr.example/other"));
        (await Api.DeleteAsync(One)).Is(200, 202);
        (await Api.PatchAsync(One, KubeApi.JsonPatch, """[{ "op": "remove", "path": "/metadata/finalizers/0" }]""")).Is(200);
        var left = (await ReadWidgetAsync("one")).Is(200).Json;
        left["metadata"]!.AsObject().Remove("finalizers");

        (await Api.PutAsync(One, left)).Is(200);

        (await ReadWidgetAsync("one")).Is(404);
    }

    [Fact]
    public async Task A_name_is_not_free_before_its_object_is_gone()
    {
        await NewWidgetAsync("one", metadata: Finalizers(Finalizer));
        (await Api.DeleteAsync(One)).Is(200, 202);

        (await Api.PostAsync(WidgetPath, Widget("one"))).Refused(409, "AlreadyExists");
    }

    [Fact]
    public async Task A_collection_is_deleted_as_far_as_it_is_selected()
    {
        await NewWidgetAsync("one", metadata: Labels("\"old\": \"yes\""));
        await NewWidgetAsync("two");
        await NewWidgetAsync("three", metadata: Labels("\"old\": \"yes\""));

        (await Api.DeleteAsync($"{WidgetPath}?labelSelector=old%3Dyes")).Is(200);

        Assert.Equal(["two"], (await Api.GetAsync(WidgetPath)).Names);
    }

    [Fact]
    public async Task A_collection_is_deleted_within_its_namespace()
    {
        var other = await Cluster.NewNamespaceAsync();
        var there = WidgetPath.Replace(Space, other, StringComparison.Ordinal);
        await NewWidgetAsync("here");
        (await Api.PostAsync(there, Widget("there"))).Is(201);

        (await Api.DeleteAsync(WidgetPath)).Is(200);

        Assert.Empty((await Api.GetAsync(WidgetPath)).Names);
        Assert.Equal(["there"], (await Api.GetAsync(there)).Names);
    }

    [Fact]
    public async Task A_propagation_that_does_not_exist_is_refused()
    {
        await NewWidgetAsync("one");

        (await Api.DeleteAsync($"{One}?propagationPolicy=Sideways")).Refused(422, "Invalid");

        (await ReadWidgetAsync("one")).Is(200);
    }

    private static string Options(string members) => $$"""{ "apiVersion": "v1", "kind": "DeleteOptions", {{members}} }""";
}
