namespace Caphr.Conformance.Kube;

/// <summary>Pruning, defaulting, nulls and the fieldValidation parameter: what becomes of a document between being sent and being kept.</summary>
public sealed class ShapingTests(KubeCluster cluster) : KubeCase(cluster)
{
    private const string Odd = "\"size\": 7, \"odd\": 1, \"nested\": { \"strange\": 2 }";

    [Fact]
    public async Task Unknown_fields_are_dropped()
    {
        var created = await NewWidgetAsync("one", Odd);

        Assert.Null(created.Node("spec", "odd"));
        Assert.Null(created.Node("spec", "nested", "strange"));
    }

    [Fact]
    public async Task Unknown_fields_are_kept_where_the_schema_says_so()
    {
        var created = await NewWidgetAsync("one", "\"size\": 7, \"free\": { \"any\": { \"thing\": [1, null] } }");

        Assert.Equal("1", created.At("spec", "free", "any", "thing", "0"));
    }

    [Fact]
    public async Task A_strict_client_is_refused_with_its_unknown_fields()
    {
        (await Api.PostAsync($"{WidgetPath}?fieldValidation=Strict", Widget("one", Odd))).Refused(400, "BadRequest");

        (await ReadWidgetAsync("one")).Is(404);
    }

    [Fact]
    public async Task A_strict_patch_is_refused_likewise()
    {
        await NewWidgetAsync("one");

        (await Api.MergeAsync($"{WidgetPath}/one?fieldValidation=Strict", """{ "spec": { "odd": 1 } }""")).Is(400, 422);
    }

    [Fact]
    public async Task A_strict_client_may_not_say_a_field_twice() =>
        (await Api.PostAsync($"{WidgetPath}?fieldValidation=Strict", Widget("one", "\"size\": 7, \"size\": 8"))).Refused(400, "BadRequest");

    [Theory]
    [InlineData("")]
    [InlineData("?fieldValidation=Warn")]
    public async Task Others_are_warned_and_served(string query)
    {
        var created = (await Api.PostAsync(WidgetPath + query, Widget("one", Odd))).Is(201);

        Assert.Equal(2, created.Warnings.Count);
        Assert.All(created.Warnings, warning => Assert.StartsWith("299 ", warning, StringComparison.Ordinal));
        Assert.Contains(created.Warnings, warning => warning.Contains("spec.odd", StringComparison.Ordinal));
        Assert.Contains(created.Warnings, warning => warning.Contains("spec.nested.strange", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_does_not_want_to_know_is_not_told() =>
        Assert.Empty((await Api.PostAsync($"{WidgetPath}?fieldValidation=Ignore", Widget("one", Odd))).Is(201).Warnings);

    [Fact]
    public async Task A_fieldValidation_that_does_not_exist_is_refused() =>
        (await Api.PostAsync($"{WidgetPath}?fieldValidation=Never", Widget("one"))).Refused(422, "Invalid");

    [Fact]
    public async Task Defaults_are_filled_in_at_every_depth()
    {
        var created = await NewWidgetAsync("one", "\"size\": 7, \"ports\": [{ \"name\": \"a\" }, { \"name\": \"b\", \"protocol\": \"UDP\" }]");

        Assert.Equal("Safe", created.At("spec", "mode"));
        Assert.Equal("3", created.At("spec", "nested", "size"));
        Assert.Equal("TCP", created.At("spec", "ports", "0", "protocol"));
        Assert.Equal("UDP", created.At("spec", "ports", "1", "protocol"));
    }

    [Fact]
    public async Task A_default_returns_when_its_field_is_removed()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"mode\": \"Fast\"");

        Assert.Equal("Safe", (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "mode": null } }""")).Is(200).At("spec", "mode"));
    }

    [Fact]
    public async Task Null_is_a_value_only_where_the_schema_says_so()
    {
        var created = await NewWidgetAsync("one", "\"size\": 7, \"note\": null, \"name\": null, \"mode\": null");

        var spec = created.Json["spec"]!.AsObject();
        Assert.True(spec.ContainsKey("note"));
        Assert.Null(spec["note"]);
        Assert.False(spec.ContainsKey("name"));
        Assert.Equal("Safe", created.At("spec", "mode"));
    }

    [Fact]
    public async Task Whole_numbers_stay_whole()
    {
        var created = await NewWidgetAsync("one", "\"size\": 7, \"free\": { \"big\": 9007199254740993 }");

        Assert.Contains("9007199254740993", created.Text, StringComparison.Ordinal);
    }
}
