using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>GET of one object and of collections, whole, in pages, selected, and at which moment.</summary>
public sealed class ReadingTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task What_is_read_is_what_was_written()
    {
        var created = await NewWidgetAsync("one", metadata: Labels("\"a\": \"b\""));

        Assert.True(JsonNode.DeepEquals(created.Json, (await ReadWidgetAsync("one")).Is(200).Json));
    }

    [Fact]
    public async Task What_is_not_there_is_named_in_the_refusal()
    {
        var missing = (await ReadWidgetAsync("none")).Refused(404, "NotFound");

        Assert.Equal(("none", Cluster.Group, "widgets"), (missing.At("details", "name"), missing.At("details", "group"), missing.At("details", "kind")));
    }

    [Fact]
    public async Task A_list_is_of_its_kind_and_in_the_order_of_names()
    {
        foreach (var name in (string[])["b", "c", "a"]) await NewWidgetAsync(name);

        var list = (await Api.GetAsync(WidgetPath)).Is(200);

        Assert.Equal(("WidgetList", $"{Cluster.Group}/v1"), (list.At("kind"), list.At("apiVersion")));
        Assert.Equal(["a", "b", "c"], list.Names);
        Assert.NotEmpty(list.Version);
    }

    [Fact]
    public async Task An_empty_list_has_items_nevertheless() => Assert.Empty((await Api.GetAsync(WidgetPath)).Is(200).Items);

    [Fact]
    public async Task A_namespace_shows_its_own_and_the_whole_cluster_shows_all()
    {
        var other = await Cluster.NewNamespaceAsync();
        await NewWidgetAsync("here", metadata: Labels($"\"case\": \"{Space}\""));
        (await Api.PostAsync(WidgetPath.Replace(Space, other, StringComparison.Ordinal), Widget("there", metadata: Labels($"\"case\": \"{Space}\"")))).Is(201);

        Assert.Equal(["here"], (await Api.GetAsync(WidgetPath)).Is(200).Names);
        Assert.Equal(["here", "there"], (await Api.GetAsync($"/apis/{Cluster.Group}/v1/widgets?labelSelector=case%3D{Space}")).Is(200).Names.Order());
    }

    [Fact]
    public async Task Pages_show_one_moment_and_lead_to_each_other()
    {
        foreach (var name in (string[])["a", "b", "c", "d"]) await NewWidgetAsync(name);

        var first = (await Api.GetAsync($"{WidgetPath}?limit=2")).Is(200);
        (await Api.DeleteAsync($"{WidgetPath}/d")).Is(200);
        await NewWidgetAsync("aa");
        var second = (await Api.GetAsync($"{WidgetPath}?limit=2&continue={Query(first.At("metadata", "continue")!)}")).Is(200);

        Assert.Equal(["a", "b"], first.Names);
        Assert.Equal(["c", "d"], second.Names);
        Assert.Equal(first.Version, second.Version);
        Assert.True(string.IsNullOrEmpty(second.At("metadata", "continue")));
    }

    [Fact]
    public async Task A_page_of_a_selection_does_not_say_how_many_follow()
    {
        foreach (var name in (string[])["a", "b", "c"]) await NewWidgetAsync(name, metadata: Labels("\"x\": \"y\""));

        var first = (await Api.GetAsync($"{WidgetPath}?limit=1&labelSelector=x")).Is(200);

        Assert.NotNull(first.At("metadata", "continue"));
        Assert.Null(first.At("metadata", "remainingItemCount"));
    }

    [Fact]
    public async Task A_page_token_that_nobody_gave_out_is_refused() =>
        (await Api.GetAsync($"{WidgetPath}?limit=1&continue=bm9uc2Vuc2U")).Is(400);

    [Fact]
    public async Task A_list_at_an_exact_moment_shows_that_moment()
    {
        await NewWidgetAsync("a");
        var then = (await Api.GetAsync(WidgetPath)).Is(200).Version;
        await NewWidgetAsync("b");

        var past = (await Api.GetAsync($"{WidgetPath}?resourceVersion={then}&resourceVersionMatch=Exact&limit=10")).Is(200);

        Assert.Equal(["a"], past.Names);
        Assert.Equal(then, past.Version);
    }

    [Fact]
    public async Task A_list_not_older_than_a_write_shows_that_write()
    {
        var written = await NewWidgetAsync("a");

        Assert.Equal(["a"], (await Api.GetAsync($"{WidgetPath}?resourceVersion={written.Version}&resourceVersionMatch=NotOlderThan")).Is(200).Names);
        Assert.Equal(["a"], (await Api.GetAsync($"{WidgetPath}?resourceVersion={written.Version}")).Is(200).Names);
    }

    [Fact]
    public async Task A_list_of_any_age_is_a_list() => (await Api.GetAsync($"{WidgetPath}?resourceVersion=0")).Is(200);

    [Theory]
    [InlineData("resourceVersionMatch=Exact")]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact")]
    [InlineData("resourceVersion=1&resourceVersionMatch=Perhaps")]
    public async Task A_moment_is_named_in_full_or_not_at_all(string query) => (await Api.GetAsync($"{WidgetPath}?{query}")).Refused(422, "Invalid");

    [Theory]
    [InlineData("color=red", "one")]
    [InlineData("color==red", "one")]
    [InlineData("color!=red", "three,two")]
    [InlineData("color in (red,blue)", "one,two")]
    [InlineData("color notin (red)", "three,two")]
    [InlineData("color", "one,two")]
    [InlineData("!color", "three")]
    [InlineData("color in (red,blue),size=big", "two")]
    [InlineData("level>1", "two")]
    [InlineData("level<2", "one")]
    public async Task Labels_select(string selector, string names)
    {
        await NewWidgetAsync("one", metadata: Labels("\"color\": \"red\", \"level\": \"1\""));
        await NewWidgetAsync("two", metadata: Labels("\"color\": \"blue\", \"size\": \"big\", \"level\": \"2\""));
        await NewWidgetAsync("three");

        Assert.Equal(names.Split(','), (await Api.GetAsync($"{WidgetPath}?labelSelector={Query(selector)}")).Is(200).Names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a in")]
    [InlineData("=a")]
    [InlineData("a b")]
    public async Task A_selector_that_cannot_be_read_is_refused(string selector) =>
        (await Api.GetAsync($"{WidgetPath}?labelSelector={Query(selector)}")).Refused(400, "BadRequest");

    [Theory]
    [InlineData("metadata.name=one", "one")]
    [InlineData("metadata.name!=one", "two")]
    [InlineData("spec.mode=Fast", "two")]
    [InlineData("spec.mode!=Fast", "one")]
    [InlineData("metadata.name=one,spec.mode=Fast", "")]
    public async Task Fields_select_where_the_kind_allows_it(string selector, string names)
    {
        await NewWidgetAsync("one");
        await NewWidgetAsync("two", "\"size\": 7, \"mode\": \"Fast\"");

        Assert.Equal(names, string.Join(",", (await Api.GetAsync($"{WidgetPath}?fieldSelector={Query(selector)}")).Is(200).Names));
    }

    [Fact]
    public async Task Fields_select_across_namespaces()
    {
        await NewWidgetAsync("one");

        Assert.Equal(["one"], (await Api.GetAsync($"/apis/{Cluster.Group}/v1/widgets?fieldSelector=metadata.namespace%3D{Space}")).Is(200).Names);
    }

    [Fact]
    public async Task A_field_that_the_kind_does_not_offer_is_refused() =>
        (await Api.GetAsync($"{WidgetPath}?fieldSelector=spec.size%3D7")).Refused(400, "BadRequest");
}
