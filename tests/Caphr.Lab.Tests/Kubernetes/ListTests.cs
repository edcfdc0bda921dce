using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Kubernetes;

public sealed class ListTests
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    [Fact]
    public async Task Pages_of_one_list_show_one_moment()
    {
        await using var lab = await LabSession.StartAsync();
        foreach (var name in (string[])["a", "b", "c", "d"]) await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap(name));

        var first = (await lab.GetAsync(Samples.ConfigMaps + "?limit=2")).Expect(200).Json;
        Assert.Equal(2, first["metadata"]!["remainingItemCount"]!.GetValue<int>());
        await lab.DeleteAsync(Samples.ConfigMaps + "/d");
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("aa"));
        var token = Uri.EscapeDataString(first["metadata"]!["continue"]!.GetValue<string>());
        var second = (await lab.GetAsync($"{Samples.ConfigMaps}?limit=2&continue={token}")).Expect(200).Json;

        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(["c", "d"], Names(second));
        Assert.Equal(first["metadata"]!["resourceVersion"]!.GetValue<string>(), second["metadata"]!["resourceVersion"]!.GetValue<string>());
        Assert.Null(second["metadata"]!["continue"]);
    }

    [Fact]
    public async Task A_page_after_compaction_is_gone()
    {
        await using var lab = await LabSession.StartAsync();
        foreach (var name in (string[])["a", "b", "c"]) await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap(name));
        var token = (await lab.GetAsync(Samples.ConfigMaps + "?limit=1")).Json["metadata"]!["continue"]!.GetValue<string>();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("later"));
        lab.Server.CompactHistory();

        var gone = (await lab.GetAsync($"{Samples.ConfigMaps}?limit=1&continue={Uri.EscapeDataString(token)}")).Expect(410);

        Assert.Equal("Expired", gone.Json["reason"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("color=red", "one")]
    [InlineData("color!=red", "two,three")]
    [InlineData("color in (red,blue)", "one,two")]
    [InlineData("color notin (red)", "two,three")]
    [InlineData("color", "one,two")]
    [InlineData("!color", "three")]
    [InlineData("color in (red,blue),size==big", "two")]
    public async Task Labels_select(string selector, string names)
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one", metadata: "\"labels\": { \"color\": \"red\" }"));
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("two", metadata: "\"labels\": { \"color\": \"blue\", \"size\": \"big\" }"));
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("three"));

        var list = (await lab.GetAsync($"{Samples.ConfigMaps}?labelSelector={Uri.EscapeDataString(selector)}")).Expect(200).Json;

        Assert.Equal(names.Split(',').Order(), Names(list));
    }

    [Fact]
    public async Task Fields_select_and_an_unknown_one_is_refused()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one"));
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("two"));

        Assert.Equal(["two"], Names((await lab.GetAsync(Samples.ConfigMaps + "?fieldSelector=metadata.name%3Dtwo")).Json));
        Assert.Equal(["one"], Names((await lab.GetAsync(Samples.ConfigMaps + "?fieldSelector=metadata.name!%3Dtwo")).Json));
        Assert.Contains("field label not supported: data.a", (await lab.GetAsync(Samples.ConfigMaps + "?fieldSelector=data.a%3D1")).Expect(400).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_selected_by_what_they_are_about()
    {
        await using var lab = await LabSession.StartAsync();
        const string Events = "/api/v1/namespaces/default/events";
        foreach (var name in (string[])["one", "two"])
        {
            (await lab.PostAsync(Events, $$"""
                { "apiVersion": "v1", "kind": "Event", "metadata": { "name": "{{name}}.1" }, "reason": "Seen", "type": "Normal",
                  "involvedObject": { "kind": "Box", "name": "{{name}}", "namespace": "default" } }
                """)).Expect(201);
        }

        var found = (await lab.GetAsync(Events + "?fieldSelector=involvedObject.name%3Dtwo,involvedObject.kind%3DBox")).Expect(200).Json;

        Assert.Equal(["two.1"], Names(found));
    }

    [Fact]
    public async Task A_table_has_the_columns_of_the_definition()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));
        await lab.PatchAsync(Samples.Boxes + "/one/status", """{ "status": { "conditions": [{ "type": "Other", "status": "False" }, { "type": "Ready", "status": "True" }] } }""");

        var table = (await lab.GetAsync(Samples.Boxes, Table)).Expect(200).Json;

        Assert.Equal(["Name", "Server", "Ready", "Mode", "Age"], table["columnDefinitions"]!.AsArray().Select(column => column!["name"]!.GetValue<string>()));
        var cells = table["rows"]![0]!["cells"]!.AsArray();
        Assert.Equal("one", cells[0]!.GetValue<string>());
        Assert.Equal(7, cells[1]!.GetValue<int>());
        Assert.Equal("True", cells[2]!.GetValue<string>());
        Assert.Matches(@"^\d+s$", cells[4]!.GetValue<string>());
        Assert.Equal("PartialObjectMetadata", table["rows"]![0]!["object"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_cell_without_a_value_is_null()
    {
        await using var lab = await LabSession.WithDefinitionAsync();
        await lab.PostAsync(Samples.Boxes, Samples.Box("one"));

        var table = (await lab.GetAsync(Samples.Boxes + "/one", Table)).Expect(200).Json;

        Assert.Null(table["rows"]![0]!["cells"]![2]);
    }

    [Fact]
    public async Task A_collective_deletion_takes_what_the_selector_names_and_leaves_the_rest()
    {
        await using var lab = await LabSession.StartAsync();
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("one", metadata: "\"labels\": { \"old\": \"yes\" }"));
        await lab.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("two"));

        (await lab.DeleteAsync(Samples.ConfigMaps + "?labelSelector=old")).Expect(200);

        Assert.Equal(["two"], Names((await lab.GetAsync(Samples.ConfigMaps)).Json));
    }

    private static List<string> Names(JsonObject list) => [.. list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>()).Order()];
}
