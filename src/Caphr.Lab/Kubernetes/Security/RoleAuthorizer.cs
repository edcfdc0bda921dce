using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>
/// Who may do what, by the roles and bindings that are stored at this moment. A role only ever allows: what no rule speaks of is refused.
/// </summary>
/// <param name="store">Where roles and bindings are.</param>
/// <param name="isOn">When not, everybody may do everything.</param>
internal sealed class RoleAuthorizer(ObjectStore store, bool isOn)
{
    public const string Group = "rbac.authorization.k8s.io";
    public const string Masters = "system:masters";

    private static readonly GroupResource s_clusterRoles = new(Group, "clusterroles");
    private static readonly GroupResource s_clusterRoleBindings = new(Group, "clusterrolebindings");
    private static readonly GroupResource s_roles = new(Group, "roles");
    private static readonly GroupResource s_roleBindings = new(Group, "rolebindings");

    public bool Allows(LabUser user, AccessRequest request)
    {
        if (!isOn || user.Groups.Contains(Masters)) return true;
        var inNamespace = (request as AccessRequest.ToResource)?.Namespace ?? "";
        return RulesFor(user, inNamespace).Any(rule => request switch
        {
            AccessRequest.ToResource resource => Covers(rule, resource),
            AccessRequest.ToPath path => Has(rule, "verbs", path.Verb) && rule.ItemsAt("nonResourceURLs").Any(url => IsUnder(path.Path, url.AsText() ?? "")),
            _ => false,
        });
    }

    private IEnumerable<JsonNode?> RulesFor(LabUser user, string inNamespace)
    {
        var everywhere = Bindings(s_clusterRoleBindings, "").Where(binding => IsFor(binding, user, "")).SelectMany(binding => RulesOf(binding, ""));
        return inNamespace.Length == 0
            ? everywhere
            : everywhere.Concat(Bindings(s_roleBindings, inNamespace).Where(binding => IsFor(binding, user, inNamespace)).SelectMany(binding => RulesOf(binding, inNamespace)));
    }

    private IEnumerable<JsonObject> Bindings(GroupResource kind, string inNamespace) => store.List(kind, inNamespace).Items.Select(stored => stored.Read());

    private IEnumerable<JsonNode?> RulesOf(JsonObject binding, string inNamespace)
    {
        var name = binding.TextAt("roleRef", "name") ?? "";
        var role = binding.TextAt("roleRef", "kind") == "ClusterRole" ? new ObjectKey(s_clusterRoles, "", name) : new ObjectKey(s_roles, inNamespace, name);
        return store.Find(role)?.Read().ItemsAt("rules") ?? [];
    }

    private static bool IsFor(JsonObject binding, LabUser user, string inNamespace) => binding.ItemsAt("subjects").Any(subject => (subject.TextAt("kind"), subject.TextAt("name")) switch
    {
        ("User", var name) => name == user.Name,
        ("Group", var name) => user.Groups.Contains(name),
        ("ServiceAccount", var name) => user.Name == $"system:serviceaccount:{subject.TextAt("namespace") ?? inNamespace}:{name}",
        _ => false,
    });

    private static bool Covers(JsonNode? rule, AccessRequest.ToResource asked) =>
        Has(rule, "verbs", asked.Verb)
        && Has(rule, "apiGroups", asked.Group)
        && (Has(rule, "resources", asked.Resource) || (asked.Subresource.Length > 0 && Has(rule, "resources", $"*/{asked.Subresource}")))
        && (!rule.ItemsAt("resourceNames").Any() || rule.ItemsAt("resourceNames").Any(name => name.AsText() == asked.Name));

    private static bool Has(JsonNode? rule, string field, string wanted) => rule.ItemsAt(field).Any(item => item.AsText() is "*" || item.AsText() == wanted);

    private static bool IsUnder(string path, string allowed) => allowed.EndsWith('*') ? path.StartsWith(allowed[..^1], StringComparison.Ordinal) : path == allowed;
}
