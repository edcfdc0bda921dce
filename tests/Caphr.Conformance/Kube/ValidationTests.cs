namespace Caphr.Conformance.Kube;

/// <summary>A structural schema is enforced on every write, and a refusal names every field and what is wrong with it.</summary>
public sealed class ValidationTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Theory]
    [InlineData("\"size\": \"7\"", "FieldValueTypeInvalid", "spec.size")]
    [InlineData("\"size\": 7.5", "FieldValueTypeInvalid", "spec.size")]
    [InlineData("\"size\": 7, \"on\": \"yes\"", "FieldValueTypeInvalid", "spec.on")]
    [InlineData("\"size\": 7, \"ports\": {}", "FieldValueTypeInvalid", "spec.ports")]
    [InlineData("\"size\": 7, \"nested\": []", "FieldValueTypeInvalid", "spec.nested")]
    [InlineData("\"size\": 7, \"tags\": { \"a\": 1 }", "FieldValueTypeInvalid", "spec.tags.a")]
    [InlineData("\"mode\": \"Fast\"", "FieldValueRequired", "spec.size")]
    [InlineData("\"size\": 7, \"limits\": { \"min\": 1 }", "FieldValueRequired", "spec.limits.max")]
    [InlineData("\"size\": 0", "FieldValueInvalid", "spec.size")]
    [InlineData("\"size\": 101", "FieldValueInvalid", "spec.size")]
    [InlineData("\"size\": 7, \"mode\": \"Slow\"", "FieldValueNotSupported", "spec.mode")]
    [InlineData("\"size\": 7, \"name\": \"A1\"", "FieldValueInvalid", "spec.name")]
    [InlineData("\"size\": 7, \"name\": \"a\"", "FieldValueInvalid", "spec.name")]
    [InlineData("\"size\": 7, \"name\": \"abcdefghi\"", "FieldValueTooLong", "spec.name")]
    [InlineData("\"size\": 7, \"until\": \"tomorrow\"", "FieldValueTypeInvalid", "spec.until")]
    [InlineData("\"size\": 7, \"address\": \"10.0.0.256\"", "FieldValueTypeInvalid", "spec.address")]
    [InlineData("\"size\": 7, \"ports\": [{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"},{\"name\":\"d\"}]", "FieldValueTooMany", "spec.ports")]
    [InlineData("\"size\": 7, \"tags\": { \"a\": \"1\", \"b\": \"2\", \"c\": \"3\", \"d\": \"4\" }", "FieldValueTooMany", "spec.tags")]
    [InlineData("\"size\": 7, \"zones\": []", "FieldValueInvalid", "spec.zones")]
    [InlineData("\"size\": 7, \"ports\": [{ \"port\": 1 }]", "FieldValueRequired", "spec.ports[0].name")]
    [InlineData("\"size\": 7, \"ports\": [{ \"name\": \"a\" }, { \"name\": \"a\" }]", "FieldValueDuplicate", "spec.ports[1]")]
    [InlineData("\"size\": 7, \"zones\": [\"a\", \"a\"]", "FieldValueDuplicate", "spec.zones[1]")]
    [InlineData("\"size\": 7, \"amount\": true", "FieldValueTypeInvalid", "spec.amount")]
    public async Task What_the_schema_forbids_is_refused_with_its_field(string spec, string reason, string field)
    {
        (await Api.PostAsync(WidgetPath, Widget("one", spec))).Invalid(reason, field);

        (await ReadWidgetAsync("one")).Is(404);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var refused = (await Api.PostAsync(WidgetPath, Widget("one", "\"size\": 0, \"mode\": \"Slow\""))).Refused(422, "Invalid");

        Assert.Contains(("FieldValueInvalid", "spec.size"), refused.Causes);
        Assert.Contains(("FieldValueNotSupported", "spec.mode"), refused.Causes);
        Assert.Equal(("one", Cluster.Group, "Widget"), (refused.At("details", "name"), refused.At("details", "group"), refused.At("details", "kind")));
    }

    [Theory]
    [InlineData("\"until\": \"2026-01-02T03:04:05Z\"")]
    [InlineData("\"address\": \"10.0.0.255\"")]
    [InlineData("\"amount\": 3")]
    [InlineData("\"amount\": \"30%\"")]
    [InlineData("\"ports\": [{ \"name\": \"a\" }, { \"name\": \"b\" }]")]
    [InlineData("\"tags\": { \"any\": \"thing\" }")]
    public async Task What_the_schema_allows_is_accepted(string spec) => await NewWidgetAsync("one", $"\"size\": 100, {spec}");

    [Fact]
    public async Task An_update_is_held_to_the_schema_like_a_creation()
    {
        await NewWidgetAsync("one");

        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "size": 101 } }""")).Invalid("FieldValueInvalid", "spec.size");

        Assert.Equal("7", (await ReadWidgetAsync("one")).At("spec", "size"));
    }

    [Fact]
    public async Task The_status_is_held_to_its_schema_too()
    {
        await NewWidgetAsync("one");

        (await Api.MergeAsync($"{WidgetPath}/one/status", """{ "status": { "conditions": [{ "type": "Ready", "status": "Perhaps" }] } }"""))
            .Invalid("FieldValueNotSupported", "status.conditions[0].status");
    }
}
