namespace Caphr.Conformance.Kube;

/// <summary>dryRun=All: everything is decided as always, and nothing is kept. <c>kubectl diff</c> is made of it.</summary>
public sealed class DryRunTests(KubeCluster cluster) : KubeCase(cluster)
{
    private const string DryRun = "dryRun=All";

    [Fact]
    public async Task A_rehearsed_creation_answers_like_a_real_one_and_leaves_nothing()
    {
        var rehearsed = (await Api.PostAsync($"{WidgetPath}?{DryRun}", Widget("one"))).Is(201);

        Assert.Equal("Safe", rehearsed.At("spec", "mode"));
        (await ReadWidgetAsync("one")).Is(404);
    }

    [Fact]
    public async Task A_rehearsed_change_is_shown_and_not_made()
    {
        var before = await NewWidgetAsync("one");

        Assert.Equal("8", (await Api.MergeAsync($"{WidgetPath}/one?{DryRun}", """{ "spec": { "size": 8 } }""")).Is(200).At("spec", "size"));

        Assert.Equal(before.Version, (await ReadWidgetAsync("one")).Version);
    }

    [Fact]
    public async Task A_rehearsed_apply_is_shown_and_not_made()
    {
        Assert.Equal("7", (await Api.ApplyAsync($"{WidgetPath}/one", $"us&{DryRun}", Widget("one"))).Is(200, 201).At("spec", "size"));

        (await ReadWidgetAsync("one")).Is(404);
    }

    [Fact]
    public async Task A_rehearsed_deletion_deletes_nothing()
    {
        var before = await NewWidgetAsync("one");

        (await Api.DeleteAsync($"{WidgetPath}/one?{DryRun}")).Is(200);

        Assert.Equal(before.Version, (await ReadWidgetAsync("one")).Is(200).Version);
    }

    [Fact]
    public async Task A_rehearsal_is_refused_for_the_same_reasons()
    {
        await NewWidgetAsync("one");

        (await Api.PostAsync($"{WidgetPath}?{DryRun}", Widget("one"))).Refused(409, "AlreadyExists");
        (await Api.PostAsync($"{WidgetPath}?{DryRun}", Widget("two", "\"size\": 0"))).Invalid("FieldValueInvalid", "spec.size");
    }

    [Fact]
    public async Task Nothing_is_rehearsed_in_part() => (await Api.PostAsync($"{WidgetPath}?dryRun=Some", Widget("one"))).Refused(422, "Invalid");
}
