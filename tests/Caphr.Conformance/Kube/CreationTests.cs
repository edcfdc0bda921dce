namespace Caphr.Conformance.Kube;

/// <summary>POST to a collection: what the server adds, and when it refuses.</summary>
public sealed class CreationTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task The_server_adds_what_only_it_can_know()
    {
        var created = await NewWidgetAsync("one");

        Assert.True(Guid.TryParse(created.Uid, out _));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", created.At("metadata", "creationTimestamp"));
        Assert.Equal(1, created.Generation);
        Assert.Equal(Space, created.At("metadata", "namespace"));
        Assert.NotEmpty(created.Version);
    }

    [Fact]
    public async Task What_a_client_says_about_that_is_not_believed()
    {
        var created = await NewWidgetAsync("one", metadata: """
            "uid": "11111111-2222-3333-4444-555555555555", "generation": 9, "creationTimestamp": "2001-01-01T00:00:00Z", "deletionTimestamp": "2001-01-01T00:00:00Z"
            """);

        Assert.NotEqual("11111111-2222-3333-4444-555555555555", created.Uid);
        Assert.Equal(1, created.Generation);
        Assert.DoesNotContain("2001", created.At("metadata", "creationTimestamp"), StringComparison.Ordinal);
        Assert.False(created.BeingDeleted);
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        var first = await NewWidgetAsync("one");

        var refused = (await Api.PostAsync(WidgetPath, Widget("one", "\"size\": 8"))).Refused(409, "AlreadyExists");

        Assert.Equal("one", refused.At("details", "name"));
        Assert.Equal(first.Version, (await ReadWidgetAsync("one")).Version);
    }

    [Fact]
    public async Task A_name_that_was_freed_belongs_to_another_object()
    {
        var first = await NewWidgetAsync("one");
        (await Api.DeleteAsync($"{WidgetPath}/one")).Is(200);

        Assert.NotEqual(first.Uid, (await NewWidgetAsync("one")).Uid);
    }

    [Fact]
    public async Task A_name_is_made_up_where_only_its_beginning_is_given()
    {
        var body = Widget("").Replace("\"name\": \"\"", "\"generateName\": \"made-\"", StringComparison.Ordinal);

        var (one, two) = ((await Api.PostAsync(WidgetPath, body)).Is(201), (await Api.PostAsync(WidgetPath, body)).Is(201));

        Assert.StartsWith("made-", one.At("metadata", "name"), StringComparison.Ordinal);
        Assert.NotEqual(one.At("metadata", "name"), two.At("metadata", "name"));
    }

    [Fact]
    public async Task A_name_is_needed() =>
        (await Api.PostAsync(WidgetPath, Widget("").Replace("\"name\": \"\"", "\"labels\": {}", StringComparison.Ordinal))).Refused(422, "Invalid");

    [Theory]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("-leading")]
    [InlineData("trailing-")]
    public async Task A_name_is_a_DNS_name(string name) => (await Api.PostAsync(WidgetPath, Widget(name))).Invalid("FieldValueInvalid", "metadata.name");

    [Fact]
    public async Task A_name_is_no_longer_than_DNS_allows() =>
        (await Api.PostAsync(WidgetPath, Widget(new string('a', 254)))).Invalid("FieldValueInvalid", "metadata.name");

    [Theory]
    [InlineData("\"labels\": { \"a b\": \"c\" }", "metadata.labels")]
    [InlineData("\"labels\": { \"a\": \"b c\" }", "metadata.labels")]
    [InlineData("\"annotations\": { \"a b\": \"c\" }", "metadata.annotations")]
    public async Task Labels_and_annotations_have_well_formed_names(string metadata, string field) =>
        (await Api.PostAsync(WidgetPath, Widget("one", metadata: metadata))).Invalid("FieldValueInvalid", field);

    [Fact]
    public async Task Only_one_owner_is_in_control()
    {
        const string Owner = """{ "apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "11111111-2222-3333-4444-55555555555N", "controller": true }""";
        var owners = $"\"ownerReferences\": [{Owner.Replace('N', '1')}, {Owner.Replace('N', '2')}]";

        (await Api.PostAsync(WidgetPath, Widget("one", metadata: owners))).Refused(422, "Invalid");
    }

    [Fact]
    public async Task A_namespace_has_to_be_there_first() =>
        (await Api.PostAsync(WidgetPath.Replace(Space, $"{Space}-no", StringComparison.Ordinal), Widget("one"))).Refused(404, "NotFound");

    [Fact]
    public async Task Path_and_body_name_the_same_namespace() =>
        (await Api.PostAsync(WidgetPath, Widget("one", metadata: "\"namespace\": \"default\""))).Refused(400, "BadRequest");

    [Fact]
    public async Task Path_and_body_name_the_same_version() =>
        (await Api.PostAsync(WidgetPath, Widget("one").Replace("/v1\"", "/v2\"", StringComparison.Ordinal))).Refused(400, "BadRequest");

    [Fact]
    public async Task Path_and_body_name_the_same_kind() =>
        (await Api.PostAsync(WidgetPath, Widget("one").Replace("Widget\"", "Gadget\"", StringComparison.Ordinal))).Invalid("FieldValueInvalid", "kind");

    [Fact]
    public async Task Nobody_knows_the_version_of_what_is_not_there_yet() =>
        (await Api.PostAsync(WidgetPath, Widget("one", metadata: "\"resourceVersion\": \"1\""))).Is(400, 422, 500);

    [Fact]
    public async Task A_status_is_not_created_along()
    {
        var created = (await Api.PostAsync(WidgetPath, Widget("one", status: "\"phase\": \"Ready\""))).Is(201);

        Assert.Null(created.Node("status", "phase"));
    }
}
