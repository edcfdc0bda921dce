using System.Text.Json.Nodes;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.Kubernetes.Security;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>The account and the roles of deploy/base, which every controller of these tests runs under: a call without a rule is refused here too.</summary>
internal static class ShippedRoles
{
    public const string Namespace = "caphr-system";
    public const string Account = "system:serviceaccount:caphr-system:caphr";

    private const string Token = "token-of-the-account-that-is-shipped";

    private static readonly string[] s_kinds = ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
    private static readonly Lazy<Task<IReadOnlyList<JsonNode>>> s_base = new(() => Rendered.RenderAsync("deploy/base"));

    /// <summary>An API server that heeds roles and knows the account's token. The datacenter's own parts come through the back door.</summary>
    public static LabSecurity Security { get; } = new()
    {
        Authorization = true,
        BackDoor = true,
        Tokens = new Dictionary<string, LabUser> { [Token] = new(Account, "system:serviceaccounts", $"system:serviceaccounts:{Namespace}") },
    };

    /// <summary>Every verb on every resource that is granted, with the API group.</summary>
    public static async Task<IReadOnlyList<(string Verb, string Group, string Resource)>> GrantsAsync() =>
    [
        .. from role in await s_base.Value
           where (string?)role["kind"] is "Role" or "ClusterRole"
           from rule in role["rules"]!.AsArray()
           from @group in rule["apiGroups"]!.AsArray()
           from resource in rule["resources"]!.AsArray()
           from verb in rule["verbs"]!.AsArray()
           select ((string)verb!, (string?)@group ?? "", (string)resource!),
    ];

    /// <summary>Grants them on a server, and writes the kubeconfig of the account.</summary>
    /// <param name="without">A verb on a resource that is left out.</param>
    /// <param name="folder">Another installation than deploy/base.</param>
    public static async Task GrantAsync(LabKubernetes server, string administrator, string kubeconfig, (string Verb, string Resource)? without = null, string? folder = null)
    {
        var shipped = (await (folder is null ? s_base.Value : Rendered.RenderAsync(folder))).Where(one => s_kinds.Contains((string?)one["kind"])).Select(one => one.DeepClone()).ToList();
        if (without is var (verb, resource)) TakeAway(shipped, verb, resource);
        var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. shipped]) };
        await Kubectl.RunAsync(administrator, list.ToJsonString(), ["apply", "-f", "-"], () => []);
        server.WriteKubeconfig(kubeconfig, new LabCredential.Token(Token), Namespace);
    }

    private static void TakeAway(List<JsonNode> shipped, string verb, string resource)
    {
        foreach (var role in shipped.Where(one => (string?)one["kind"] is "Role" or "ClusterRole"))
        {
            var rules = role["rules"]!.AsArray();
            foreach (var rule in rules.Where(rule => rule!["resources"]!.AsArray().Any(one => (string?)one == resource)).ToList())
            {
                var verbs = rule!["verbs"]!.AsArray().Select(one => (string)one!).ToList();
                if (!verbs.Contains(verb)) continue;
                rules.Remove(rule);
                var others = rule["resources"]!.AsArray().Select(one => (string)one!).Where(one => one != resource).ToList();
                if (others.Count > 0) rules.Add(Rule(rule, others, verbs));
                if (verbs.Count > 1) rules.Add(Rule(rule, [resource], [.. verbs.Where(one => one != verb)]));
            }
        }
    }

    private static JsonNode Rule(JsonNode like, List<string> resources, List<string> verbs)
    {
        var rule = like.DeepClone();
        rule["resources"] = new JsonArray([.. resources.Select(one => (JsonNode)one)]);
        rule["verbs"] = new JsonArray([.. verbs.Select(one => (JsonNode)one)]);
        return rule;
    }
}
