using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>apiextensions.k8s.io/v1: what is accepted as a definition, and what follows from it.</summary>
public sealed class DefinitionTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task An_accepted_definition_becomes_established_under_its_names()
    {
        var definition = (await Api.GetAsync($"{KubeCluster.Definitions}/widgets.{Cluster.Group}")).Is(200);

        Assert.Equal("True", Condition(definition, "Established"));
        Assert.Equal("True", Condition(definition, "NamesAccepted"));
        Assert.Equal("Widget", definition.At("status", "acceptedNames", "kind"));
        Assert.Equal(["v1"], definition.Node("status", "storedVersions")!.AsArray().Select(version => version!.GetValue<string>()));
    }

    [Fact]
    public async Task Names_that_were_left_out_follow_from_the_kind()
    {
        var definition = (await Api.GetAsync($"{KubeCluster.Definitions}/widgets.{Cluster.Group}")).Is(200);

        Assert.Equal("widget", definition.At("spec", "names", "singular"));
        Assert.Equal("WidgetList", definition.At("spec", "names", "listKind"));
        Assert.Equal("None", definition.At("spec", "conversion", "strategy"));
    }

    [Fact]
    public async Task The_name_is_the_plural_and_the_group() =>
        (await RefusedAsync(definition => definition["metadata"]!["name"] = $"other.{Cluster.Group}")).Invalid("FieldValueInvalid", "metadata.name");

    [Fact]
    public async Task A_scope_is_one_of_two() =>
        (await RefusedAsync(definition => definition["spec"]!["scope"] = "Galactic")).Invalid("FieldValueNotSupported", "spec.scope");

    [Fact]
    public async Task Exactly_one_version_is_stored()
    {
        await RefusedAsync(definition => definition["spec"]!["versions"]![0]!["storage"] = false);
        await RefusedAsync(definition =>
        {
            var second = definition["spec"]!["versions"]![0]!.DeepClone();
            second["name"] = "v2";
            definition["spec"]!["versions"]!.AsArray().Add(second);
        });
    }

    [Fact]
    public async Task A_version_has_a_schema() => await RefusedAsync(definition => definition["spec"]!["versions"]![0]!.AsObject().Remove("schema"));

    [Fact]
    public async Task A_schema_is_structural_every_field_has_a_type() =>
        await RefusedInSchemaAsync(spec => spec["properties"]!["odd"] = new JsonObject { ["description"] = "no type" });

    [Fact]
    public async Task A_type_is_one_that_JSON_has() => await RefusedInSchemaAsync(spec => spec["properties"]!["odd"] = new JsonObject { ["type"] = "text" });

    [Fact]
    public async Task A_list_map_names_its_keys() =>
        await RefusedInSchemaAsync(spec => spec["properties"]!["ports"]!.AsObject().Remove("x-kubernetes-list-map-keys"));

    [Theory]
    [InlineData("self.size >")]
    [InlineData("self.sise > 1")]
    public async Task A_rule_that_cannot_be_compiled_is_refused_with_its_definition(string rule)
    {
        var refused = await RefusedInSchemaAsync(spec => spec["x-kubernetes-validations"]!.AsArray().Add(new JsonObject { ["rule"] = rule }));

        Assert.Contains(refused.Causes, cause => cause.Field.Contains("x-kubernetes-validations[2]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rule_about_change_is_refused_where_old_and_new_cannot_be_matched() =>
        await RefusedInSchemaAsync(spec => spec["properties"]!["zones"]!["items"]!["x-kubernetes-validations"] = new JsonArray(new JsonObject { ["rule"] = "self == oldSelf" }));

    [Fact]
    public async Task A_scale_shows_fields_of_spec_and_status() =>
        await RefusedAsync(definition => definition["spec"]!["versions"]![0]!["subresources"]!["scale"]!["specReplicasPath"] = ".status.replicas");

    [Fact]
    public async Task A_deleted_definition_takes_its_objects_and_its_path_with_it()
    {
        var group = $"short-{Cluster.Group}";
        await Cluster.DefineAsync(Widgets.Definition(group));
        var path = $"/apis/{group}/v1/namespaces/{Space}/widgets";
        (await Api.PostAsync(path, Widget("one").Replace(Cluster.Group, group, StringComparison.Ordinal))).Is(201);

        (await Api.DeleteAsync($"{KubeCluster.Definitions}/widgets.{group}")).Is(200);

        await Api.UntilGoneAsync($"{KubeCluster.Definitions}/widgets.{group}");
        await Api.UntilGoneAsync(path);
    }

    [Fact]
    public async Task Every_served_version_shows_the_same_objects_and_an_unserved_one_shows_none()
    {
        var group = $"versions-{Cluster.Group}";
        var definition = Widgets.Definition(group);
        var versions = definition["spec"]!["versions"]!.AsArray();
        foreach (var (name, served) in (ReadOnlySpan<(string, bool)>)[("v1beta1", true), ("v1alpha1", false)])
        {
            var older = versions[0]!.DeepClone();
            (older["name"], older["served"], older["storage"]) = (name, served, false);
            versions.Add(older);
        }

        await Cluster.DefineAsync(definition);
        (await Api.PostAsync($"/apis/{group}/v1/namespaces/{Space}/widgets", Widget("one").Replace(Cluster.Group, group, StringComparison.Ordinal))).Is(201);

        Assert.Equal($"{group}/v1beta1", (await Api.GetAsync($"/apis/{group}/v1beta1/namespaces/{Space}/widgets/one")).Is(200).At("apiVersion"));
        Assert.Equal($"{group}/v1", (await Api.GetAsync($"/apis/{group}/v1/namespaces/{Space}/widgets/one")).Is(200).At("apiVersion"));
        (await Api.GetAsync($"/apis/{group}/v1alpha1/namespaces/{Space}/widgets/one")).Is(404);
    }

    [Fact]
    public async Task What_a_new_schema_knows_holds_for_objects_of_before()
    {
        var group = $"changing-{Cluster.Group}";
        var definition = Widgets.Definition(group);
        await Cluster.DefineAsync(definition);
        var path = $"/apis/{group}/v1/namespaces/{Space}/widgets";
        (await Api.PostAsync(path, Widget("one", "\"size\": 7, \"name\": \"abc\"").Replace(Cluster.Group, group, StringComparison.Ordinal))).Is(201);
        var stored = (await Api.GetAsync($"{path}/one")).Is(200);

        (await Api.PatchAsync($"{KubeCluster.Definitions}/widgets.{group}", KubeApi.JsonPatch, """
            [{ "op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/colour", "value": { "type": "string", "default": "red" } },
             { "op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/name" }]
            """)).Is(200);

        // A default is read as if it had always been there, and what is unknown now is not shown; nothing was written for it.
        var seen = await Api.UntilAsync($"{path}/one", reply => reply.At("spec", "colour") == "red");
        Assert.Null(seen.At("spec", "name"));
        Assert.Equal(stored.Version, seen.Version);
        var list = (await Api.GetAsync(path)).Is(200);
        Assert.Equal("red", list.At("items", "0", "spec", "colour"));
    }

    private async Task<Reply> RefusedAsync(Action<JsonObject> change)
    {
        var definition = Widgets.Definition($"{Cluster.NewName("refused")}.{Cluster.Group}");
        change(definition);
        return (await Cluster.OfferAsync(definition)).Refused(422, "Invalid");
    }

    private async Task<Reply> RefusedInSchemaAsync(Action<JsonObject> change)
    {
        var refused = await RefusedAsync(definition => change(Widgets.SpecOf(definition)));
        // Where exactly is told differently for one version and for several, so only the schema itself is expected in it.
        Assert.Contains(refused.Causes, cause => cause.Field.Contains("openAPIV3Schema", StringComparison.Ordinal));
        return refused;
    }

    private static string? Condition(Reply definition, string type) => definition.Node("status", "conditions")!.AsArray()
        .FirstOrDefault(condition => condition!["type"]!.GetValue<string>() == type)?["status"]?.GetValue<string>();
}
