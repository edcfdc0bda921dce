using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>A case with a namespace of its own. What it names exists nowhere else, so cases neither see nor disturb each other.</summary>
[Collection(KubeCollection.Name)]
public abstract class KubeCase(KubeCluster cluster) : IAsyncLifetime
{
    protected KubeCluster Cluster { get; } = cluster;

    protected KubeApi Api => Cluster.Api;

    protected string Space { get; private set; } = "";

    protected string WidgetPath => $"/apis/{Cluster.Group}/v1/namespaces/{Space}/{Widgets.Plural}";

    protected string ConfigMapPath => $"/api/v1/namespaces/{Space}/configmaps";

    protected string SecretPath => $"/api/v1/namespaces/{Space}/secrets";

    public async Task InitializeAsync() => Space = await Cluster.NewNamespaceAsync();

    public Task DisposeAsync() => Cluster.DropNamespaceAsync(Space);

    /// <param name="spec">Members of spec, as JSON.</param>
    /// <param name="metadata">Members of metadata besides the name, as JSON.</param>
    protected string Widget(string name, string spec = "\"size\": 7", string metadata = "", string status = "") => $$"""
        { "apiVersion": "{{Cluster.Group}}/v1", "kind": "Widget", "metadata": { "name": "{{name}}"{{Further(metadata)}} }, "spec": { {{spec}} }{{(status.Length == 0 ? "" : $", \"status\": {{ {status} }}")}} }
        """;

    protected static string ConfigMap(string name, string data = "\"a\": \"1\"", string metadata = "") => $$"""
        { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "{{name}}"{{Further(metadata)}} }, "data": { {{data}} } }
        """;

    protected async Task<Reply> NewWidgetAsync(string name, string spec = "\"size\": 7", string metadata = "") =>
        (await Api.PostAsync(WidgetPath, Widget(name, spec, metadata))).Is(201);

    protected async Task<Reply> NewConfigMapAsync(string name, string data = "\"a\": \"1\"", string metadata = "") =>
        (await Api.PostAsync(ConfigMapPath, ConfigMap(name, data, metadata))).Is(201);

    protected Task<Reply> ReadWidgetAsync(string name) => Api.GetAsync($"{WidgetPath}/{name}");

    protected static string Labels(string labels) => $$"""
        "labels": { {{labels}} }
        """;

    protected static string Finalizers(params string[] names) => $"\"finalizers\": {new JsonArray([.. names.Select(name => (JsonNode)name)]).ToJsonString()}";

    protected static string OwnedBy(Reply owner, bool blocking = false) => $$"""
        "ownerReferences": [{ "apiVersion": "{{owner.At("apiVersion")}}", "kind": "{{owner.At("kind")}}", "name": "{{owner.At("metadata", "name")}}",
          "uid": "{{owner.Uid}}", "blockOwnerDeletion": {{(blocking ? "true" : "false")}} }]
        """;

    protected static string Query(string text) => Uri.EscapeDataString(text);

    private static string Further(string metadata) => metadata.Length == 0 ? "" : ", " + metadata;
}
