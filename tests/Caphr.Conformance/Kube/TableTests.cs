namespace Caphr.Conformance.Kube;

/// <summary>Tables and metadata-only views: what kubectl prints is decided by the server.</summary>
public sealed class TableTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task A_table_has_the_columns_of_the_definition()
    {
        await NewWidgetAsync("one");

        var table = (await Api.GetAsync(WidgetPath, KubeApi.Table)).Is(200);

        Assert.Equal(("Table", "meta.k8s.io/v1"), (table.At("kind"), table.At("apiVersion")));
        var columns = table.Node("columnDefinitions")!.AsArray();
        Assert.Equal(["Name", "Size", "Ready", "Mode", "Age"], columns.Select(column => column!["name"]!.GetValue<string>()));
        Assert.Equal([0, 0, 0, 1, 0], columns.Select(column => column!["priority"]!.GetValue<int>()));
        Assert.Equal("How careful it is.", columns[3]!["description"]!.GetValue<string>());
    }

    [Fact]
    public async Task Cells_have_the_values_and_types_of_their_columns()
    {
        await NewWidgetAsync("one");
        (await Api.MergeAsync($"{WidgetPath}/one/status", """
            { "status": { "conditions": [{ "type": "Other", "status": "False" }, { "type": "Ready", "status": "True" }] } }
            """)).Is(200);

        var cells = (await Api.GetAsync(WidgetPath, KubeApi.Table)).Is(200).Node("rows", "0", "cells")!.AsArray();

        Assert.Equal("one", cells[0]!.GetValue<string>());
        Assert.Equal(7, cells[1]!.GetValue<int>());
        Assert.Equal("True", cells[2]!.GetValue<string>());
        Assert.Equal("Safe", cells[3]!.GetValue<string>());
        Assert.Matches(@"^\d+[smh]", cells[4]!.GetValue<string>());
    }

    [Fact]
    public async Task A_cell_without_a_value_is_empty()
    {
        await NewWidgetAsync("one");

        Assert.True(string.IsNullOrEmpty((await Api.GetAsync($"{WidgetPath}/one", KubeApi.Table)).Is(200).At("rows", "0", "cells", "2")));
    }

    [Fact]
    public async Task A_row_carries_the_metadata_of_its_object_unless_asked_otherwise()
    {
        await NewWidgetAsync("one");

        var usual = (await Api.GetAsync(WidgetPath, KubeApi.Table)).Is(200);
        var whole = (await Api.GetAsync($"{WidgetPath}?includeObject=Object", KubeApi.Table)).Is(200);
        var bare = (await Api.GetAsync($"{WidgetPath}?includeObject=None", KubeApi.Table)).Is(200);

        Assert.Equal(("PartialObjectMetadata", "one"), (usual.At("rows", "0", "object", "kind"), usual.At("rows", "0", "object", "metadata", "name")));
        Assert.Null(usual.Node("rows", "0", "object", "spec"));
        Assert.Equal("7", whole.At("rows", "0", "object", "spec", "size"));
        Assert.Null(bare.Node("rows", "0", "object"));
    }

    [Fact]
    public async Task A_table_comes_in_pages_too()
    {
        foreach (var name in (string[])["a", "b", "c"]) await NewWidgetAsync(name);

        var first = (await Api.GetAsync($"{WidgetPath}?limit=2", KubeApi.Table)).Is(200);
        var second = (await Api.GetAsync($"{WidgetPath}?limit=2&continue={Query(first.At("metadata", "continue")!)}", KubeApi.Table)).Is(200);

        Assert.Equal(2, first.Node("rows")!.AsArray().Count);
        Assert.Equal("c", second.At("rows", "0", "cells", "0"));
    }

    [Fact]
    public async Task A_watched_table_names_its_columns_once()
    {
        var empty = (await Api.GetAsync(WidgetPath, KubeApi.Table)).Is(200);
        using var feed = await Api.WatchAsync($"{WidgetPath}?resourceVersion={empty.Version}", KubeApi.Table);
        await NewWidgetAsync("one");
        await NewWidgetAsync("two");

        var (first, second) = ((await feed.NextAsync())!, (await feed.NextAsync())!);

        Assert.Equal("Table", first.Item["kind"]!.GetValue<string>());
        Assert.Equal("one", first.Item["rows"]![0]!["cells"]![0]!.GetValue<string>());
        Assert.NotEmpty(first.Item["columnDefinitions"]!.AsArray());
        Assert.Equal("two", second.Item["rows"]![0]!["cells"]![0]!.GetValue<string>());
        Assert.True(second.Item["columnDefinitions"] is null or System.Text.Json.Nodes.JsonArray { Count: 0 });
    }

    [Theory]
    [InlineData("configmaps", "Name,Data,Age")]
    [InlineData("secrets", "Name,Type,Data,Age")]
    [InlineData("events", "Last Seen,Type,Reason,Object,Subobject,Source,Message,First Seen,Count,Name")]
    public async Task Built_in_kinds_have_tables_of_their_own(string plural, string columns)
    {
        var table = (await Api.GetAsync($"/api/v1/namespaces/{Space}/{plural}", KubeApi.Table)).Is(200);

        Assert.Equal(columns.Split(','), table.Node("columnDefinitions")!.AsArray().Select(column => column!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Who_needs_only_metadata_gets_only_metadata()
    {
        await NewWidgetAsync("one");

        var one = (await Api.GetAsync($"{WidgetPath}/one", KubeApi.MetadataOnly)).Is(200);
        var list = (await Api.GetAsync(WidgetPath, KubeApi.MetadataListOnly)).Is(200);

        Assert.Equal(("PartialObjectMetadata", "meta.k8s.io/v1", "one"), (one.At("kind"), one.At("apiVersion"), one.At("metadata", "name")));
        Assert.Null(one.Node("spec"));
        Assert.Equal("PartialObjectMetadataList", list.At("kind"));
        Assert.Equal(["one"], list.Names);
        Assert.All(list.Items, item => Assert.Null(item["spec"]));
    }

    [Fact]
    public async Task The_first_form_that_the_server_knows_is_taken()
    {
        await NewWidgetAsync("one");

        Assert.Equal("Table", (await Api.GetAsync(WidgetPath, $"{KubeApi.Table},application/json")).Is(200).At("kind"));
        Assert.Equal("WidgetList", (await Api.GetAsync(WidgetPath, "application/vnd.nobody.knows,application/json")).Is(200).At("kind"));
    }
}
