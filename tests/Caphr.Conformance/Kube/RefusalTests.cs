namespace Caphr.Conformance.Kube;

/// <summary>Refusals that are about the request and not about an object. Clients decide by code and reason what to do next.</summary>
public sealed class RefusalTests(KubeCluster cluster) : KubeCase(cluster)
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    public async Task A_body_that_is_no_object_of_the_kind_is_refused(string body) => (await Api.PostAsync(WidgetPath, body)).Is(400);

    [Fact]
    public async Task A_body_of_an_unknown_form_is_refused() =>
        (await Api.PostAsync(WidgetPath, Widget("one"), "text/plain")).Refused(415, "UnsupportedMediaType");

    [Fact]
    public async Task An_answer_in_an_unknown_form_is_not_given() =>
        (await Api.GetAsync(WidgetPath, "application/vnd.nobody.knows")).Refused(406, "NotAcceptable");

    [Fact]
    public async Task A_method_that_a_path_does_not_have_is_refused()
    {
        await NewConfigMapAsync("one");
        const string Same = """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "one" } }""";

        // Of built-in kinds: for custom resources a server takes the verb from the method alone, and complains of the name.
        (await Api.PostAsync($"{ConfigMapPath}/one", Same)).Refused(405, "MethodNotAllowed");
        (await Api.PutAsync(ConfigMapPath, Same)).Refused(405, "MethodNotAllowed");
        (await Api.MergeAsync(ConfigMapPath, "{}")).Refused(405, "MethodNotAllowed");
    }

    [Fact]
    public async Task A_subresource_that_a_kind_does_not_have_is_not_found()
    {
        await NewConfigMapAsync("one");
        await NewWidgetAsync("one");

        (await Api.GetAsync($"{ConfigMapPath}/one/status")).Is(404);
        (await Api.GetAsync($"{WidgetPath}/one/log")).Is(404);
    }

    [Fact]
    public async Task A_kind_of_the_cluster_is_not_in_a_namespace() => (await Api.GetAsync($"/api/v1/namespaces/{Space}/nodes")).Is(404);
}
