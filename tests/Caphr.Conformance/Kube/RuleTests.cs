namespace Caphr.Conformance.Kube;

/// <summary>x-kubernetes-validations: rules in CEL, which stand in for the admission webhooks that we do not need.</summary>
public sealed class RuleTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Fact]
    public async Task A_broken_rule_is_refused_at_the_field_that_carries_it()
    {
        var refused = (await Api.PostAsync(WidgetPath, Widget("one", "\"size\": 7, \"hostRef\": \"a\", \"hostSelector\": \"b\""))).Invalid("FieldValueInvalid", "spec");

        Assert.Contains("hostRef and hostSelector exclude each other", refused.At("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"size\": 7")]
    [InlineData("\"size\": 7, \"hostRef\": \"a\"")]
    [InlineData("\"size\": 7, \"limits\": { \"min\": 1, \"max\": 1 }")]
    public async Task A_kept_rule_is_not_heard_of(string spec) => await NewWidgetAsync("one", spec);

    [Fact]
    public async Task A_rule_names_its_reason_its_field_and_a_message_of_its_own_making()
    {
        var refused = (await Api.PostAsync(WidgetPath, Widget("one", "\"size\": 7, \"limits\": { \"min\": 5, \"max\": 1 }"))).Invalid("FieldValueForbidden", "spec.limits");

        Assert.Contains("at least 5 is wanted", refused.At("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_about_change_is_not_asked_where_nothing_changes()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"serial\": \"a\"");

        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "size": 8 } }""")).Is(200);
        (await Api.MergeAsync($"{WidgetPath}/one", """{ "metadata": { "labels": { "a": "b" } } }""")).Is(200);
    }

    [Fact]
    public async Task A_rule_about_change_refuses_the_change()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"serial\": \"a\"");

        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "serial": "b" } }""")).Invalid("FieldValueInvalid", "spec.serial");

        Assert.Equal("a", (await ReadWidgetAsync("one")).At("spec", "serial"));
    }

    [Fact]
    public async Task A_rule_about_change_does_not_see_what_comes_or_goes()
    {
        await NewWidgetAsync("one");

        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "serial": "a" } }""")).Is(200);
        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "serial": null } }""")).Is(200);
        (await Api.MergeAsync($"{WidgetPath}/one", """{ "spec": { "serial": "b" } }""")).Is(200);
    }

    [Fact]
    public async Task Rules_are_asked_of_an_apply_too()
    {
        await NewWidgetAsync("one", "\"size\": 7, \"serial\": \"a\"");

        (await Api.ApplyAsync($"{WidgetPath}/one", "us", Widget("one", "\"size\": 7, \"serial\": \"b\""), force: true)).Invalid("FieldValueInvalid", "spec.serial");
    }
}
