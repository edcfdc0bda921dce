namespace Caphr.Conformance.Kube;

/// <summary>Server-side apply: a manager says all it wants and owns what it says; Cluster API's topology controller lives by it.</summary>
public sealed class ApplyTests(KubeCluster cluster) : KubeCase(cluster)
{
    private string One => $"{WidgetPath}/one";

    [Fact]
    public async Task An_apply_creates_what_is_not_there()
    {
        var applied = (await Api.ApplyAsync(One, "us", Widget("one"))).Is(201);

        Assert.Equal("7", applied.At("spec", "size"));
        Assert.NotNull(applied.Entry("us", "Apply"));
    }

    [Fact]
    public async Task The_same_apply_again_writes_nothing()
    {
        var first = (await Api.ApplyAsync(One, "us", Widget("one"))).Is(201);

        Assert.Equal(first.Version, (await Api.ApplyAsync(One, "us", Widget("one"))).Is(200).Version);
    }

    [Fact]
    public async Task Who_owns_what_is_told_in_managedFields()
    {
        var entry = (await Api.ApplyAsync(One, "us", Widget("one", "\"size\": 7, \"ports\": [{ \"name\": \"a\", \"port\": 1 }], \"zones\": [\"z\"]", Labels("\"x\": \"y\"")))).Is(201).Entry("us")!;

        Assert.Equal("Apply", entry["operation"]!.GetValue<string>());
        Assert.Equal($"{Cluster.Group}/v1", entry["apiVersion"]!.GetValue<string>());
        Assert.Equal("FieldsV1", entry["fieldsType"]!.GetValue<string>());
        Assert.NotNull(entry["time"]);
        var fields = entry["fieldsV1"]!;
        Assert.NotNull(fields["f:metadata"]!["f:labels"]!["f:x"]);
        Assert.NotNull(fields["f:spec"]!["f:size"]);
        Assert.NotNull(fields["f:spec"]!["f:ports"]!["k:{\"name\":\"a\"}"]!["f:port"]);
        Assert.NotNull(fields["f:spec"]!["f:zones"]!["v:\"z\""]);
        Assert.Null(fields["f:spec"]!["f:mode"]);
    }

    [Fact]
    public async Task Who_creates_by_post_owns_what_it_posted()
    {
        var entry = (await Api.PostAsync($"{WidgetPath}?fieldManager=maker", Widget("one"))).Is(201).Entry("maker", "Update")!;

        Assert.NotNull(entry["fieldsV1"]!["f:spec"]!["f:size"]);
    }

    [Fact]
    public async Task A_field_of_another_manager_is_a_conflict_that_names_it()
    {
        (await Api.ApplyAsync(One, "first", Widget("one"))).Is(201);

        var refused = (await Api.ApplyAsync(One, "second", Widget("one", "\"size\": 8"))).Refused(409, "Conflict");

        Assert.Equal(("FieldManagerConflict", ".spec.size"), Assert.Single(refused.Causes));
        Assert.Contains("first", refused.At("details", "causes", "0", "message"), StringComparison.Ordinal);
        Assert.Equal("7", (await ReadWidgetAsync("one")).At("spec", "size"));
    }

    [Fact]
    public async Task A_field_that_somebody_updated_is_a_conflict_too()
    {
        (await Api.ApplyAsync(One, "us", Widget("one"))).Is(201);
        (await Api.MergeAsync($"{One}?fieldManager=editor", """{ "spec": { "size": 8 } }""")).Is(200);

        var refused = (await Api.ApplyAsync(One, "us", Widget("one"))).Refused(409, "Conflict");

        Assert.Contains("editor", refused.At("details", "causes", "0", "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Force_takes_the_field_and_its_ownership()
    {
        (await Api.ApplyAsync(One, "first", Widget("one", "\"size\": 7, \"hostRef\": \"a\""))).Is(201);

        var taken = (await Api.ApplyAsync(One, "second", Widget("one", "\"size\": 8"), force: true)).Is(200);

        Assert.Equal(("8", "a"), (taken.At("spec", "size"), taken.At("spec", "hostRef")));
        Assert.NotNull(taken.Entry("second")!["fieldsV1"]!["f:spec"]!["f:size"]);
        Assert.Null(taken.Entry("first")!["fieldsV1"]!["f:spec"]!["f:size"]);
    }

    [Fact]
    public async Task Two_who_want_the_same_share_it()
    {
        (await Api.ApplyAsync(One, "first", Widget("one"))).Is(201);

        var shared = (await Api.ApplyAsync(One, "second", Widget("one"))).Is(200);

        Assert.NotNull(shared.Entry("first")!["fieldsV1"]!["f:spec"]!["f:size"]);
        Assert.NotNull(shared.Entry("second")!["fieldsV1"]!["f:spec"]!["f:size"]);
    }

    [Fact]
    public async Task What_is_no_longer_applied_goes_away()
    {
        (await Api.ApplyAsync(One, "us", Widget("one", "\"size\": 7, \"hostRef\": \"a\"", Labels("\"x\": \"y\"")))).Is(201);

        var applied = (await Api.ApplyAsync(One, "us", Widget("one"))).Is(200);

        Assert.Null(applied.At("spec", "hostRef"));
        Assert.Null(applied.At("metadata", "labels", "x"));
        Assert.Equal("7", applied.At("spec", "size"));
    }

    [Fact]
    public async Task What_another_still_wants_stays()
    {
        (await Api.ApplyAsync(One, "first", Widget("one", "\"size\": 7, \"hostRef\": \"a\""))).Is(201);
        (await Api.ApplyAsync(One, "second", Widget("one", "\"size\": 7, \"hostRef\": \"a\""))).Is(200);

        Assert.Equal("a", (await Api.ApplyAsync(One, "first", Widget("one"))).Is(200).At("spec", "hostRef"));
        Assert.Null((await Api.ApplyAsync(One, "second", Widget("one"))).Is(200).At("spec", "hostRef"));
    }

    [Fact]
    public async Task A_field_that_returns_to_its_default_is_filled_in_again()
    {
        (await Api.ApplyAsync(One, "us", Widget("one", "\"size\": 7, \"mode\": \"Fast\""))).Is(201);

        Assert.Equal("Safe", (await Api.ApplyAsync(One, "us", Widget("one"))).Is(200).At("spec", "mode"));
    }

    [Fact]
    public async Task Two_managers_build_one_list_item_by_item()
    {
        (await Api.ApplyAsync(One, "first", Widget("one", "\"size\": 7, \"ports\": [{ \"name\": \"a\", \"port\": 1 }]"))).Is(201);
        var both = (await Api.ApplyAsync(One, "second", Widget("one", "\"size\": 7, \"ports\": [{ \"name\": \"b\", \"port\": 2 }]"))).Is(200);

        Assert.Equal(["a", "b"], Names(both));
        Assert.Equal(["b"], Names((await Api.ApplyAsync(One, "first", Widget("one"))).Is(200)));

        static IEnumerable<string> Names(Reply reply) => reply.Node("spec", "ports")!.AsArray().Select(port => port!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Two_managers_build_one_set()
    {
        (await Api.ApplyAsync(One, "first", Widget("one", "\"size\": 7, \"zones\": [\"a\"]"))).Is(201);
        var both = (await Api.ApplyAsync(One, "second", Widget("one", "\"size\": 7, \"zones\": [\"b\"]"))).Is(200);

        Assert.Equal(["a", "b"], both.Node("spec", "zones")!.AsArray().Select(zone => zone!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task The_status_has_managers_of_its_own()
    {
        (await Api.ApplyAsync(One, "us", Widget("one"))).Is(201);

        var applied = (await Api.ApplyAsync($"{One}/status", "us", Widget("one", status: "\"conditions\": [{ \"type\": \"Ready\", \"status\": \"True\" }]"))).Is(200);
        var other = (await Api.ApplyAsync($"{One}/status", "them", Widget("one", status: "\"conditions\": [{ \"type\": \"Paused\", \"status\": \"False\" }]"))).Is(200);

        Assert.NotNull(applied.Entry("us", "Apply", "status")!["fieldsV1"]!["f:status"]!["f:conditions"]!["k:{\"type\":\"Ready\"}"]);
        Assert.NotNull(applied.Entry("us", "Apply")!["fieldsV1"]!["f:spec"]);
        Assert.Equal(["Paused", "Ready"], other.Node("status", "conditions")!.AsArray().Select(condition => condition!["type"]!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task An_apply_does_not_bring_an_account_of_its_own() =>
        (await Api.ApplyAsync(One, "us", Widget("one", metadata: """
            "managedFields": [{ "manager": "us", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {} }]
            """))).Refused(400, "BadRequest");

    [Fact]
    public async Task An_apply_names_its_manager() => (await Api.PatchAsync(One, KubeApi.ApplyPatch, Widget("one"))).Refused(422, "Invalid");

    [Fact]
    public async Task An_apply_with_an_old_version_is_a_conflict()
    {
        var first = (await Api.ApplyAsync(One, "us", Widget("one"))).Is(201);
        (await Api.MergeAsync(One, """{ "metadata": { "labels": { "x": "y" } } }""")).Is(200);

        (await Api.ApplyAsync(One, "us", Widget("one", "\"size\": 8", $"\"resourceVersion\": \"{first.Version}\""))).Refused(409, "Conflict");
    }

    [Fact]
    public async Task An_apply_is_held_to_the_schema() => (await Api.ApplyAsync(One, "us", Widget("one", "\"size\": 0"))).Invalid("FieldValueInvalid", "spec.size");

    [Fact]
    public async Task An_apply_may_be_written_in_YAML()
    {
        var yaml = $"apiVersion: {Cluster.Group}/v1\nkind: Widget\nmetadata:\n  name: one\nspec:\n  size: 7\n  name: \"abc\"\n  zones: [a]\n";

        var applied = (await Api.ApplyAsync(One, "us", yaml)).Is(201);

        Assert.Equal(("7", "abc", "a"), (applied.At("spec", "size"), applied.At("spec", "name"), applied.At("spec", "zones", "0")));
    }

    [Fact]
    public async Task Built_in_kinds_are_applied_like_others()
    {
        (await Api.ApplyAsync($"{ConfigMapPath}/one", "us", ConfigMap("one"))).Is(201);

        var refused = (await Api.ApplyAsync($"{ConfigMapPath}/one", "them", ConfigMap("one", "\"a\": \"2\""))).Refused(409, "Conflict");
        Assert.Equal(("FieldManagerConflict", ".data.a"), Assert.Single(refused.Causes));
    }

    [Fact]
    public async Task Finalizers_are_applied_one_by_one()
    {
        (await Api.ApplyAsync(One, "first", Widget("one", metadata: Finalizers("caphr.example/a")))).Is(201);
        (await Api.ApplyAsync(One, "second", Widget("one", metadata: Finalizers("caphr.example/b")))).Is(200);

        var left = (await Api.ApplyAsync(One, "first", Widget("one"))).Is(200);

        Assert.Equal("caphr.example/b", Assert.Single(left.Node("metadata", "finalizers")!.AsArray())!.GetValue<string>());
    }
}
