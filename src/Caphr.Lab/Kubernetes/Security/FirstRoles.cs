using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>The roles that every cluster is born with and that a client cannot do without: to look around, and to ask what it may.</summary>
internal static class FirstRoles
{
    public static IEnumerable<(string Plural, JsonObject Document)> All =>
    [
        .. Bound("cluster-admin", RoleAuthorizer.Masters, Rule(["*"], ["*"], ["*"]), Paths("*", "*")),
        .. Bound("system:discovery", "system:authenticated", Paths("get", "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", "/healthz", "/livez", "/readyz", "/version", "/version/")),
        .. Bound(
            "system:basic-user",
            "system:authenticated",
            Rule(["authorization.k8s.io"], ["selfsubjectaccessreviews"], ["create"]),
            Rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"])),
    ];

    private static (string Plural, JsonObject Document)[] Bound(string name, string group, params ReadOnlySpan<JsonObject> rules) =>
    [
        ("clusterroles", Named("ClusterRole", name, ("rules", new JsonArray([.. rules])))),
        ("clusterrolebindings", Named(
            "ClusterRoleBinding",
            name,
            ("roleRef", new JsonObject { ["apiGroup"] = RoleAuthorizer.Group, ["kind"] = "ClusterRole", ["name"] = name }),
            ("subjects", new JsonArray(new JsonObject { ["apiGroup"] = RoleAuthorizer.Group, ["kind"] = "Group", ["name"] = group })))),
    ];

    private static JsonObject Named(string kind, string name, params ReadOnlySpan<(string Field, JsonNode Value)> fields)
    {
        var document = new JsonObject
        {
            ["apiVersion"] = $"{RoleAuthorizer.Group}/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" } },
        };
        foreach (var (field, value) in fields) document[field] = value;
        return document;
    }

    private static JsonObject Rule(string[] groups, string[] resources, string[] verbs) => new()
    {
        ["apiGroups"] = Texts(groups),
        ["resources"] = Texts(resources),
        ["verbs"] = Texts(verbs),
    };

    private static JsonObject Paths(string verb, params string[] paths) => new() { ["nonResourceURLs"] = Texts(paths), ["verbs"] = Texts(verb) };

    private static JsonArray Texts(params string[] texts) => [.. texts.Select(text => (JsonNode)text)];
}
