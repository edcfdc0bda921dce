using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>Clients find out what there is before they do anything: kubectl cannot even name a kind without these documents.</summary>
public sealed class DiscoveryTests(KubeCluster cluster) : KubeCase(cluster)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    [Fact]
    public async Task The_core_group_has_version_1()
    {
        var versions = (await Api.GetAsync("/api")).Is(200);

        Assert.Equal("APIVersions", versions.At("kind"));
        Assert.Contains("v1", versions.Node("versions")!.AsArray().Select(version => version!.GetValue<string>()));
    }

    [Fact]
    public async Task The_groups_are_listed_with_the_version_they_prefer()
    {
        var groups = await Api.UntilAsync("/apis", reply => Named(reply.Node("groups"), Cluster.Group) is not null);

        Assert.Equal("APIGroupList", groups.At("kind"));
        Assert.Equal($"{Cluster.Group}/v1", Named(groups.Node("groups"), Cluster.Group)!["preferredVersion"]!["groupVersion"]!.GetValue<string>());
        Assert.NotNull(Named(groups.Node("groups"), "apiextensions.k8s.io"));
        Assert.NotNull(Named(groups.Node("groups"), "coordination.k8s.io"));
    }

    [Fact]
    public async Task A_group_tells_its_versions()
    {
        var group = await Api.UntilAsync($"/apis/{Cluster.Group}", reply => reply.Code == 200);

        Assert.Equal("APIGroup", group.At("kind"));
        Assert.Equal(Cluster.Group, group.At("name"));
        Assert.Equal(["v1"], group.Node("versions")!.AsArray().Select(version => version!["version"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_version_lists_its_resources_with_all_their_names_and_verbs()
    {
        var found = await Api.UntilAsync($"/apis/{Cluster.Group}/v1", reply => reply.Code == 200);
        var widgets = Named(found.Node("resources"), "widgets")!;

        Assert.Equal("APIResourceList", found.At("kind"));
        Assert.Equal($"{Cluster.Group}/v1", found.At("groupVersion"));
        Assert.Equal("Widget", widgets["kind"]!.GetValue<string>());
        Assert.Equal("widget", widgets["singularName"]!.GetValue<string>());
        Assert.True(widgets["namespaced"]!.GetValue<bool>());
        Assert.Equal(["ww"], Texts(widgets["shortNames"]));
        Assert.Equal(["conformance"], Texts(widgets["categories"]));
        Assert.Equal(s_verbs, Texts(widgets["verbs"]).Order());
    }

    [Fact]
    public async Task Subresources_are_listed_beside_their_resource()
    {
        var found = await Api.UntilAsync($"/apis/{Cluster.Group}/v1", reply => reply.Code == 200);
        var status = Named(found.Node("resources"), "widgets/status")!;
        var scale = Named(found.Node("resources"), "widgets/scale")!;

        Assert.Equal("Widget", status["kind"]!.GetValue<string>());
        Assert.Equal(["get", "patch", "update"], Texts(status["verbs"]).Order());
        Assert.Equal(("autoscaling", "v1", "Scale"), (scale["group"]!.GetValue<string>(), scale["version"]!.GetValue<string>(), scale["kind"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("namespaces", false, "ns")]
    [InlineData("secrets", true, null)]
    [InlineData("configmaps", true, "cm")]
    [InlineData("events", true, "ev")]
    [InlineData("serviceaccounts", true, "sa")]
    [InlineData("nodes", false, "no")]
    public async Task The_core_kinds_that_we_meet_are_there(string plural, bool namespaced, string? shortName)
    {
        var resource = Named((await Api.GetAsync("/api/v1")).Is(200).Node("resources"), plural)!;

        Assert.Equal(namespaced, resource["namespaced"]!.GetValue<bool>());
        Assert.Equal(shortName, Texts(resource["shortNames"]).FirstOrDefault());
    }

    [Fact]
    public async Task Who_asks_for_it_gets_a_whole_group_list_in_one_answer()
    {
        var all = await Api.UntilAsync("/apis", reply => reply.Items.Any(group => NameOf(group) == Cluster.Group), Aggregated);
        var version = all.Items.Single(group => NameOf(group) == Cluster.Group)["versions"]![0]!;
        var widgets = version["resources"]!.AsArray().Single(resource => resource!["resource"]!.GetValue<string>() == "widgets")!;

        Assert.Equal("APIGroupDiscoveryList", all.At("kind"));
        Assert.Equal("v1", version["version"]!.GetValue<string>());
        Assert.Equal("Namespaced", widgets["scope"]!.GetValue<string>());
        Assert.Equal("Widget", widgets["responseKind"]!["kind"]!.GetValue<string>());
        Assert.Equal(["scale", "status"], widgets["subresources"]!.AsArray().Select(part => part!["subresource"]!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task The_core_group_too_is_told_in_one_answer()
    {
        var core = (await Api.GetAsync("/api", Aggregated)).Is(200);

        Assert.Equal("APIGroupDiscoveryList", core.At("kind"));
        Assert.Contains("secrets", core.Items.Single()["versions"]![0]!["resources"]!.AsArray().Select(resource => resource!["resource"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_server_tells_its_version()
    {
        var version = (await Api.GetAsync("/version")).Is(200);

        Assert.Equal("1", version.At("major"));
        Assert.Matches(@"^v1\.\d+\.\d+", version.At("gitVersion"));
        Assert.StartsWith($"v1.{Cluster.Minor}.", version.At("gitVersion"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_says_that_it_is_ready() => Assert.Equal("ok", (await Api.GetAsync("/readyz")).Is(200).Text);

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        (await Api.GetAsync($"/apis/{Cluster.Group}x")).Is(404);
        (await Api.GetAsync($"/apis/{Cluster.Group}/v2")).Is(404);
        (await Api.GetAsync($"/apis/{Cluster.Group}/v1/gadgets")).Is(404);
        (await Api.GetAsync($"/api/v1/namespaces/{Space}/widgets")).Is(404);
    }

    [Fact]
    public async Task OpenAPI_3_leads_from_the_group_to_the_fields_of_its_kinds()
    {
        var index = await Api.UntilAsync("/openapi/v3", reply => reply.Node("paths", $"apis/{Cluster.Group}/v1") is not null);
        var document = await Api.UntilAsync(index.At("paths", $"apis/{Cluster.Group}/v1", "serverRelativeURL")!, reply => reply.Code == 200);
        var schema = document.Node("components", "schemas")!.AsObject().Select(entry => entry.Value!).Single(IsWidget);

        Assert.Equal("integer", schema["properties"]!["spec"]!["properties"]!["size"]!["type"]!.GetValue<string>());
        Assert.NotNull(document.Node("paths", $"/apis/{Cluster.Group}/v1/namespaces/{{namespace}}/widgets"));

        static bool IsWidget(JsonNode schema) =>
            schema["x-kubernetes-group-version-kind"] is JsonArray kinds && kinds.Any(kind => kind!["kind"]!.GetValue<string>() == "Widget");
    }

    [Fact]
    public async Task OpenAPI_3_tells_that_the_server_validates_fields()
    {
        var index = (await Api.GetAsync("/openapi/v3")).Is(200);
        var document = (await Api.GetAsync(index.At("paths", "api/v1", "serverRelativeURL")!)).Is(200);

        // This is where kubectl looks before it relies on the server to refuse unknown fields.
        var parameters = document.Node("paths", "/api/v1/namespaces/{namespace}/configmaps", "post", "parameters")!.AsArray();
        Assert.Contains("fieldValidation", parameters.Select(parameter => parameter!["name"]?.GetValue<string>()));
    }

    [Fact]
    public async Task OpenAPI_2_is_served_to_older_clients() => Assert.Equal("2.0", (await Api.GetAsync("/openapi/v2")).Is(200).At("swagger"));

    private static string NameOf(JsonObject item) => item["metadata"]!["name"]!.GetValue<string>();

    private static JsonObject? Named(JsonNode? items, string name) =>
        items?.AsArray().Select(item => item!.AsObject()).FirstOrDefault(item => item["name"]!.GetValue<string>() == name);

    private static IEnumerable<string> Texts(JsonNode? items) => items?.AsArray().Select(item => item!.GetValue<string>()) ?? [];
}
