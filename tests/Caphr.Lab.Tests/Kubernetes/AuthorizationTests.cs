using Caphr.Lab.Kubernetes.Security;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>What is shipped, applied by the real kubectl to a server that heeds roles, and used by the account that it makes.</summary>
public sealed class AuthorizationTests
{
    private const string Account = "User \"system:serviceaccount:caphr-system:caphr\"";
    private const string Host = """
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotHost
        metadata: {name: server-1, namespace: default}
        spec: {serverID: 2938101}
        """;

    [Theory]
    [InlineData("base")]
    [InlineData("overlays/postgres")]
    public async Task What_is_shipped_is_taken_and_taken_again(string folder)
    {
        await using var lab = await StartAsync();
        using var kubectl = new Kubectl();
        lab.Server.WriteKubeconfig(kubectl.Kubeconfig);

        var first = await kubectl.RunAsync("apply", "-k", Folder(folder));
        var second = await kubectl.RunAsync("apply", "-k", Folder(folder));

        Assert.Contains("statefulset.apps/caphr created", first, StringComparison.Ordinal);
        Assert.Contains("poddisruptionbudget.policy/caphr created", first, StringComparison.Ordinal);
        Assert.Contains("networkpolicy.networking.k8s.io/caphr created", first, StringComparison.Ordinal);
        Assert.DoesNotContain("created", second, StringComparison.Ordinal);
        // kubectl replaces the selector of a budget whenever it applies one, whether or not it is another.
        Assert.Equal(["poddisruptionbudget.policy/caphr configured"], second.Split('\n').Where(line => line.EndsWith("configured", StringComparison.Ordinal)));
        Assert.Equal("caphr", await kubectl.RunAsync("get", "pdb", "caphr", "-n", "caphr-system", "-o", "jsonpath={.spec.selector.matchLabels.app\\.kubernetes\\.io/name}"));
    }

    [Fact]
    public async Task The_account_may_do_what_its_roles_say_and_no_more()
    {
        await using var lab = await StartAsync();
        using var admin = new Kubectl();
        lab.Server.WriteKubeconfig(admin.Kubeconfig);
        await admin.RunAsync("apply", "-k", Folder("base"));
        await admin.RunAsync("apply", "-f", admin.Write("host.yaml", Host));
        await admin.RunAsync("create", "secret", "generic", "robot", "--from-literal=robot-user=lab");
        using var account = new Kubectl();
        lab.Server.WriteKubeconfig(account.Kubeconfig, new LabCredential.Token(await admin.RunAsync("create", "token", "caphr", "-n", "caphr-system")));

        await account.RunAsync("get", "hetznerrobothosts", "-A");
        await account.RunAsync("get", "secret", "robot");
        await account.RunAsync("get", "leases", "-n", "caphr-system");

        Assert.Contains($"secrets is forbidden: {Account} cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"", await account.FailAsync("get", "secrets"), StringComparison.Ordinal);
        Assert.Contains($"leases.coordination.k8s.io is forbidden: {Account} cannot list resource \"leases\" in API group \"coordination.k8s.io\" at the cluster scope", await account.FailAsync("get", "leases", "-A"), StringComparison.Ordinal);
        Assert.Contains("cannot get resource \"hetznerrobothosts\"", await account.FailAsync("get", "hetznerrobothost", "server-1"), StringComparison.Ordinal);
        Assert.Contains("cannot delete resource \"hetznerrobothosts\"", await account.FailAsync("delete", "hetznerrobothost", "server-1"), StringComparison.Ordinal);
        Assert.Contains("cannot get path \"/metrics\"", await account.FailAsync("get", "--raw", "/metrics"), StringComparison.Ordinal);
        Assert.Contains("server-1", await admin.RunAsync("get", "hetznerrobothosts", "-o", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everybody_can_ask_what_they_may_and_an_administrator_what_others_may()
    {
        await using var lab = await StartAsync();
        using var admin = new Kubectl();
        lab.Server.WriteKubeconfig(admin.Kubeconfig);
        await admin.RunAsync("apply", "-k", Folder("base"));
        using var account = new Kubectl();
        var token = await admin.RunAsync("create", "token", "caphr", "-n", "caphr-system");
        lab.Server.WriteKubeconfig(account.Kubeconfig, new LabCredential.Token(token));

        Assert.Equal("yes", await account.RunAsync("auth", "can-i", "get", "secrets"));
        Assert.StartsWith("no", await account.FailAsync("auth", "can-i", "list", "secrets"), StringComparison.Ordinal);
        Assert.Equal("yes", await account.RunAsync("auth", "can-i", "patch", "hetznerrobothosts", "--subresource=status"));
        Assert.StartsWith("no", await account.FailAsync("auth", "can-i", "get", "hetznerrobothosts", "--subresource=status"), StringComparison.Ordinal);
        Assert.StartsWith("yes", await admin.RunAsync("auth", "can-i", "delete", "nodes"), StringComparison.Ordinal);

        Assert.Equal("true", await ReviewAsync(admin, "SubjectAccessReview", "authorization.k8s.io", """{"user":"system:serviceaccount:caphr-system:caphr","resourceAttributes":{"verb":"get","resource":"secrets","namespace":"x"}}""", "{.status.allowed}"));
        Assert.Equal("false", await ReviewAsync(admin, "SubjectAccessReview", "authorization.k8s.io", """{"user":"somebody","resourceAttributes":{"verb":"get","resource":"secrets"}}""", "{.status.allowed}"));
        Assert.Equal("system:serviceaccount:caphr-system:caphr", await ReviewAsync(admin, "TokenReview", "authentication.k8s.io", $$"""{"token":"{{token}}"}""", "{.status.user.username}"));
        Assert.Equal("", await ReviewAsync(admin, "TokenReview", "authentication.k8s.io", """{"token":"no token"}""", "{.status.authenticated}"));
    }

    [Fact]
    public async Task A_binding_keeps_its_role_and_a_role_may_have_a_colon()
    {
        await using var lab = await StartAsync();
        using var admin = new Kubectl();
        lab.Server.WriteKubeconfig(admin.Kubeconfig);
        await admin.RunAsync("create", "clusterrole", "shop:reader", "--verb=get", "--resource=secrets");
        await admin.RunAsync("create", "clusterrolebinding", "reads", "--clusterrole=shop:reader", "--user=jane");

        Assert.Contains("cannot change roleRef", await admin.FailAsync("patch", "clusterrolebinding", "reads", "--type=merge", "-p", """{"roleRef":{"name":"cluster-admin"}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_what_is_not_there_needs_the_verb_create_too()
    {
        await using var lab = await StartAsync();
        using var admin = new Kubectl();
        lab.Server.WriteKubeconfig(admin.Kubeconfig);
        await admin.RunAsync("create", "clusterrole", "patches", "--verb=patch", "--resource=configmaps");
        await admin.RunAsync("create", "clusterrolebinding", "patches", "--clusterrole=patches", "--user=jane");
        await admin.RunAsync("create", "configmap", "there");
        using var jane = new Kubectl();
        lab.Server.WriteKubeconfig(jane.Kubeconfig, new LabCredential.Certificate(new LabUser("jane")));

        await jane.RunAsync("apply", "--server-side", "-f", jane.Write("there.yaml", Map("there")));
        Assert.Contains("User \"jane\" cannot create resource \"configmaps\"", await jane.FailAsync("apply", "--server-side", "-f", jane.Write("new.yaml", Map("new"))), StringComparison.Ordinal);
        Assert.Equal([("create", false), ("patch", true)], lab.Server.Accesses.Where(access => access is { User: "jane", Resource: "configmaps" }).Select(access => (access.Verb, access.IsAllowed)).Order());

        static string Map(string name) => $$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{name}}", "namespace": "default"}, "data": { "a": "1" } }""";
    }

    [Fact]
    public async Task Behind_the_back_door_is_an_administrator_and_before_the_other_one_nobody_without_a_name()
    {
        await using var lab = await LabSession.StartAsync(options => options with { Security = new LabSecurity { Authorization = true, BackDoor = true } });
        using var inside = new Kubectl();
        lab.Server.WriteKubeconfig(inside.Kubeconfig);
        using var outside = new Kubectl();
        lab.Server.WriteKubeconfig(outside.Kubeconfig, new LabCredential.Token("nobody's"));

        Assert.Equal(("http", "https"), (lab.Server.BaseAddress.Scheme, lab.Server.SecureAddress.Scheme));
        await inside.RunAsync("create", "namespace", "made-inside");
        Assert.Contains("must be logged in", await outside.FailAsync("get", "namespaces"), StringComparison.Ordinal);
    }

    private static Task<LabSession> StartAsync() => LabSession.StartAsync(options => options with { Security = new LabSecurity { Authorization = true } });

    private static string Folder(string name) => Path.Combine(Repository.Find()!.Root, "deploy", name);

    private static async Task<string> ReviewAsync(Kubectl kubectl, string kind, string group, string spec, string path) => await kubectl.RunAsync(
        "create", "-f", kubectl.Write("review.yaml", $$"""{"apiVersion":"{{group}}/v1","kind":"{{kind}}","spec":{{spec}}}"""), "-o", $"jsonpath={path}");
}
