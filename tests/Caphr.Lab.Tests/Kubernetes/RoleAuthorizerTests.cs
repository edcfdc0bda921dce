using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Tests.Kubernetes;

public sealed class RoleAuthorizerTests
{
    private static readonly LabUser s_jane = new("jane", "readers");
    private static readonly AccessRequest.ToResource s_getShop = new("get", "", "secrets", "", "town", "shop");

    private readonly ObjectStore _store = new(historyLimit: 100);
    private readonly RoleAuthorizer _authorizer;

    private AccessGate Gate => new(_authorizer, new AccessBook());

    public RoleAuthorizerTests() => _authorizer = new RoleAuthorizer(_store, isOn: true);

    [Fact]
    public void Nobody_may_do_what_no_rule_speaks_of()
    {
        Assert.False(_authorizer.Allows(s_jane, s_getShop));
        Assert.Equal(
            "secrets \"shop\" is forbidden: User \"jane\" cannot get resource \"secrets\" in API group \"\" in the namespace \"town\"",
            Gate.Check(s_jane, s_getShop)?.Message);
        Assert.Equal(403, Gate.Check(s_jane, s_getShop)?.Code);
    }

    [Fact]
    public void Masters_may_do_everything_and_everybody_may_where_nobody_asks()
    {
        Assert.True(_authorizer.Allows(new LabUser("root", "system:masters"), s_getShop));
        Assert.True(new RoleAuthorizer(_store, isOn: false).Allows(s_jane, s_getShop));
    }

    [Fact]
    public void A_rule_allows_its_verbs_on_its_resources_in_its_groups_and_nothing_beside()
    {
        Role("ClusterRole", """{"apiGroups":["apps"],"resources":["statefulsets"],"verbs":["get","watch"]}""");
        Bind("ClusterRoleBinding", "", """{"kind":"User","name":"jane"}""");
        var request = new AccessRequest.ToResource("get", "apps", "statefulsets", "", "town", "web");

        Assert.True(_authorizer.Allows(s_jane, request));
        Assert.True(_authorizer.Allows(s_jane, request with { Verb = "watch", Namespace = "", Name = "" }));
        Assert.False(_authorizer.Allows(s_jane, request with { Verb = "list" }));
        Assert.False(_authorizer.Allows(s_jane, request with { Group = "" }));
        Assert.False(_authorizer.Allows(s_jane, request with { Plural = "deployments" }));
        Assert.False(_authorizer.Allows(s_jane, request with { Subresource = "status" }));
        Assert.False(_authorizer.Allows(s_jane with { Name = "john" }, request));
    }

    [Theory]
    [InlineData("pods/status", "status", true)]
    [InlineData("*/status", "status", true)]
    [InlineData("*", "status", true)]
    [InlineData("pods", "status", false)]
    [InlineData("pods/status", "", false)]
    public void A_subresource_is_allowed_by_its_own_name(string resource, string asked, bool allowed)
    {
        Role("ClusterRole", $$"""{"apiGroups":[""],"resources":["{{resource}}"],"verbs":["*"]}""");
        Bind("ClusterRoleBinding", "", """{"kind":"Group","name":"readers"}""");

        Assert.Equal(allowed, _authorizer.Allows(s_jane, new AccessRequest.ToResource("patch", "", "pods", asked, "town", "web")));
    }

    [Fact]
    public void A_rule_with_names_allows_those_objects_only()
    {
        Role("ClusterRole", """{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"],"resourceNames":["shop"]}""");
        Bind("ClusterRoleBinding", "", """{"kind":"User","name":"jane"}""");

        Assert.True(_authorizer.Allows(s_jane, s_getShop));
        Assert.False(_authorizer.Allows(s_jane, s_getShop with { Name = "bank" }));
        Assert.False(_authorizer.Allows(s_jane, s_getShop with { Verb = "list", Name = "" }));
    }

    [Fact]
    public void A_binding_in_a_namespace_gives_a_role_of_the_cluster_there_and_nowhere_else()
    {
        Role("ClusterRole", """{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}""");
        Bind("RoleBinding", "town", """{"kind":"ServiceAccount","name":"clerk","namespace":"town"}""");
        var clerk = new LabUser("system:serviceaccount:town:clerk", "system:serviceaccounts");

        Assert.True(_authorizer.Allows(clerk, s_getShop));
        Assert.False(_authorizer.Allows(clerk, s_getShop with { Namespace = "village" }));
        Assert.False(_authorizer.Allows(clerk, s_getShop with { Namespace = "" }));
        Assert.False(_authorizer.Allows(new LabUser("system:serviceaccount:village:clerk"), s_getShop));
    }

    [Fact]
    public void A_role_of_a_namespace_is_not_taken_for_one_of_the_cluster()
    {
        Role("Role", """{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}""", "town");
        Bind("RoleBinding", "town", """{"kind":"User","name":"jane"}""");

        Assert.False(_authorizer.Allows(s_jane, s_getShop));
    }

    [Fact]
    public void Paths_are_allowed_one_by_one_or_below_a_star()
    {
        Role("ClusterRole", """{"nonResourceURLs":["/metrics","/apis/*"],"verbs":["get"]}""");
        Bind("ClusterRoleBinding", "", """{"kind":"User","name":"jane"}""");

        Assert.True(_authorizer.Allows(s_jane, new AccessRequest.ToPath("get", "/metrics")));
        Assert.True(_authorizer.Allows(s_jane, new AccessRequest.ToPath("get", "/apis/apps/v1")));
        Assert.False(_authorizer.Allows(s_jane, new AccessRequest.ToPath("get", "/metrics/more")));
        Assert.False(_authorizer.Allows(s_jane, new AccessRequest.ToPath("post", "/metrics")));
        Assert.Equal("forbidden: User \"jane\" cannot get path \"/logs\"", Gate.Check(s_jane, new AccessRequest.ToPath("get", "/logs"))?.Message);
    }

    [Fact]
    public void A_role_that_is_taken_away_is_gone_at_once()
    {
        Role("ClusterRole", """{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}""");
        Bind("ClusterRoleBinding", "", """{"kind":"User","name":"jane"}""");
        Assert.True(_authorizer.Allows(s_jane, s_getShop));

        var binding = _store.All().Single(stored => stored.Key.Resource.Plural == "clusterrolebindings");
        _store.Remove(binding.Key, binding.Revision);

        Assert.False(_authorizer.Allows(s_jane, s_getShop));
    }

    private void Role(string kind, string rule, string inNamespace = "") =>
        Put(kind, inNamespace, new JsonObject { ["rules"] = new JsonArray(JsonNode.Parse(rule)) });

    /// <summary>Always to the ClusterRole.</summary>
    private void Bind(string kind, string inNamespace, string subject) => Put(kind, inNamespace, new JsonObject
    {
        ["roleRef"] = new JsonObject { ["kind"] = "ClusterRole", ["name"] = "it" },
        ["subjects"] = new JsonArray(JsonNode.Parse(subject)),
    });

    private void Put(string kind, string inNamespace, JsonObject document)
    {
        document["metadata"] = new JsonObject { ["name"] = "it", ["namespace"] = inNamespace };
        Assert.NotNull(_store.Put(new ObjectKey(new GroupResource(RoleAuthorizer.Group, kind.ToLowerInvariant() + "s"), inNamespace, "it"), expected: null, document, schema: null));
    }
}
