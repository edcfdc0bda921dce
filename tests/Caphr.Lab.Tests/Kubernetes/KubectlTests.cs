using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Security;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>The real kubectl, without special flags, through a whole working day.</summary>
public sealed class KubectlTests : IDisposable
{
    private const string Token = "a-token-for-kubectl";

    private const string Box = """
        apiVersion: lab.example.com/v1alpha1
        kind: Box
        metadata: { name: one, namespace: default, labels: { color: red } }
        spec: { serverID: 7, replicas: 1, ports: [{ name: http, port: 80 }] }
        """;

    private readonly Kubectl _kubectl = new();

    public void Dispose() => _kubectl.Dispose();

    [Fact]
    public async Task A_scripted_session_goes_as_against_a_real_cluster()
    {
        await using var lab = await LabSession.StartAsync();
        lab.Server.WriteKubeconfig(_kubectl.Kubeconfig);
        var crds = _kubectl.Write("crds/box.json", Samples.Definition);
        var basics = _kubectl.Write("basics.yaml", """
            apiVersion: v1
            kind: Namespace
            metadata: { name: work }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: robot, namespace: work }
            data: { user: cm9ib3Q= }
            """);
        var box = _kubectl.Write("box.yaml", """
            apiVersion: lab.example.com/v1alpha1
            kind: Box
            metadata: { name: one, namespace: work }
            spec: { serverID: 7 }
            """);

        var readsOpenApiV3 = await _kubectl.ReadsOpenApiV3Async();
        // Older ones print a struct here, newer ones a line.
        Assert.Matches("Server Version: .*v1\\.32\\.4", await _kubectl.RunAsync("version"));
        var applied = await _kubectl.RunAsync("apply", "-f", basics, "-f", Path.GetDirectoryName(crds)!);
        Assert.Contains("namespace/work created\nsecret/robot created\ncustomresourcedefinition.apiextensions.k8s.io/boxes.lab.example.com created", applied, StringComparison.Ordinal);
        Assert.DoesNotContain("configured", await _kubectl.RunAsync("apply", "-f", basics, "-f", crds), StringComparison.Ordinal);
        await _kubectl.RunAsync("wait", "--for=condition=Established", "crd/boxes.lab.example.com", "--timeout=100s");
        Assert.Equal("box.lab.example.com/one created", await _kubectl.RunAsync("apply", "-f", box));
        Assert.Equal("box.lab.example.com/one unchanged", await _kubectl.RunAsync("apply", "-f", box));

        Assert.Matches(@"^NAME +SERVER +READY +AGE\none +7 +\d+s$", await _kubectl.RunAsync("get", "boxes", "-n", "work"));
        Assert.Contains("Safe", await _kubectl.RunAsync("get", "bx", "-A", "-o", "wide"), StringComparison.Ordinal);
        Assert.Equal("7", await _kubectl.RunAsync("get", "box", "one", "-n", "work", "-o", "jsonpath={.spec.serverID}"));
        Assert.Equal("box.lab.example.com/one", await _kubectl.RunAsync("get", "lab", "-n", "work", "-o", "name", "--field-selector", "metadata.name=one"));
        if (readsOpenApiV3) Assert.Contains("FIELD: serverID <integer>", await _kubectl.RunAsync("explain", "box.spec.serverID"), StringComparison.Ordinal);
        Assert.Contains("lab.example.com/v1alpha1", await _kubectl.RunAsync("api-resources"), StringComparison.Ordinal);
        Assert.Contains("is running at", await _kubectl.RunAsync("cluster-info"), StringComparison.Ordinal);

        await _kubectl.RunAsync("label", "box", "one", "-n", "work", "color=red");
        await _kubectl.RunAsync("annotate", "box", "one", "-n", "work", "note=hello");
        Assert.Contains("serverID is immutable", await _kubectl.FailAsync("patch", "box", "one", "-n", "work", "--type=merge", "-p", """{"spec":{"serverID":8}}"""), StringComparison.Ordinal);
        if (readsOpenApiV3) Assert.Contains("unknown field \"spec.odd\"", await _kubectl.FailAsync("create", "-f", _kubectl.Write("odd.yaml", """
            apiVersion: lab.example.com/v1alpha1
            kind: Box
            metadata: { name: odd, namespace: work }
            spec: { serverID: 7, odd: 1 }
            """)), StringComparison.Ordinal);
        // A controller's part, which is not kubectl's; older ones could not do it either.
        using var http = new HttpClient { BaseAddress = lab.Server.BaseAddress };
        using var ready = new StringContent("""{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", new MediaTypeHeaderValue("application/merge-patch+json"));
        using var patched = await http.PatchAsync(new Uri("apis/lab.example.com/v1alpha1/namespaces/work/boxes/one/status", UriKind.Relative), ready);
        Assert.True(patched.IsSuccessStatusCode);
        Assert.Equal("box.lab.example.com/one condition met", await _kubectl.RunAsync("wait", "--for=condition=Ready", "box/one", "-n", "work", "--timeout=100s"));

        var uid = await _kubectl.RunAsync("get", "box", "one", "-n", "work", "-o", "jsonpath={.metadata.uid}");
        await _kubectl.RunAsync("create", "-f", _kubectl.Write("event.yaml", $$"""
            apiVersion: v1
            kind: Event
            metadata: { name: one.1, namespace: work }
            involvedObject: { apiVersion: lab.example.com/v1alpha1, kind: Box, name: one, namespace: work, uid: {{uid}} }
            reason: Claimed
            message: it was claimed
            type: Normal
            lastTimestamp: "2026-01-01T00:00:00Z"
            """));
        Assert.Matches(@"Normal +Claimed +.*it was claimed", await _kubectl.RunAsync("describe", "box", "one", "-n", "work"));
        Assert.Matches(@"Claimed +box/one +it was claimed", await _kubectl.RunAsync("get", "events", "-n", "work"));

        await _kubectl.RunAsync("apply", "--server-side", "--force-conflicts", "-f", box);
        Assert.Contains("Apply failed with", await _kubectl.FailAsync("apply", "--server-side", "--field-manager=other", "-f", _kubectl.Write("other.yaml", """
            apiVersion: lab.example.com/v1alpha1
            kind: Box
            metadata: { name: one, namespace: work, labels: { color: blue } }
            spec: { serverID: 7 }
            """)), StringComparison.Ordinal);

        Assert.Equal("secret/plain created", await _kubectl.RunAsync("create", "secret", "generic", "plain", "-n", "work", "--from-literal=password=hush"));
        Assert.Equal("aHVzaA==", await _kubectl.RunAsync("get", "secret", "plain", "-n", "work", "-o", "jsonpath={.data.password}"));

        await _kubectl.RunAsync("patch", "box", "one", "-n", "work", "--type=merge", "-p", """{"metadata":{"finalizers":["lab.example.com/wait"]}}""");
        await _kubectl.RunAsync("delete", "box", "one", "-n", "work", "--wait=false");
        var gone = _kubectl.RunAsync("wait", "--for=delete", "box/one", "-n", "work", "--timeout=100s");
        Assert.Contains("deletionTimestamp", await _kubectl.RunAsync("get", "box", "one", "-n", "work", "-o", "yaml"), StringComparison.Ordinal);
        await _kubectl.RunAsync("patch", "box", "one", "-n", "work", "--type=json", "-p", """[{"op":"remove","path":"/metadata/finalizers"}]""");
        Assert.Equal("box.lab.example.com/one condition met", await gone);
        await _kubectl.RunAsync("delete", "-f", basics, "--ignore-not-found");
        Assert.DoesNotContain("work", await _kubectl.RunAsync("get", "namespaces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_definitions_that_are_shipped_are_accepted_and_explained()
    {
        await using var lab = await LabSession.StartAsync();
        lab.Server.WriteKubeconfig(_kubectl.Kubeconfig);
        var shipped = Repository.Find()!.Crds;

        var applied = await _kubectl.RunAsync("apply", "-f", shipped);

        Assert.Equal(Directory.GetFiles(shipped, "*.yaml").Length, applied.Split('\n').Count(line => line.EndsWith(" created", StringComparison.Ordinal)));
        if (await _kubectl.ReadsOpenApiV3Async()) Assert.Contains("FIELD: serverID <integer>", await _kubectl.RunAsync("explain", "hetznerrobothosts.spec.serverID"), StringComparison.Ordinal);
        Assert.Contains("spec.serverID: Invalid value: 0", await _kubectl.FailAsync("create", "-f", _kubectl.Write("host.yaml", """
            apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
            kind: HetznerRobotHost
            metadata: { name: zero, namespace: default }
            spec: { serverID: 0 }
            """)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_is_shown_in_every_form()
    {
        await using var lab = await ReadyAsync();
        await _kubectl.RunAsync("apply", "-f", _kubectl.Write("box.yaml", Box));

        Assert.Matches(@"^NAME +SERVER +READY +MODE +AGE\none +7 +Safe +\d+s$", await _kubectl.RunAsync("get", "boxes", "-o", "wide"));
        Assert.Contains("  serverID: 7", await _kubectl.RunAsync("get", "box", "one", "-o", "yaml"), StringComparison.Ordinal);
        Assert.Equal(7, JsonNode.Parse(await _kubectl.RunAsync("get", "box", "one", "-o", "json"))!["spec"]!["serverID"]!.GetValue<int>());
        Assert.Equal("box.lab.example.com/one", await _kubectl.RunAsync("get", "boxes", "-l", "color=red", "-o", "name"));
        Assert.Equal("one 80", await _kubectl.RunAsync("get", "boxes", "-o", "jsonpath={.items[0].metadata.name} {.items[0].spec.ports[?(@.name==\"http\")].port}"));
        Assert.Matches(@"^WHO +WHAT\none +Safe$", await _kubectl.RunAsync("get", "boxes", "-o", "custom-columns=WHO:.metadata.name,WHAT:.spec.mode"));
        Assert.Equal("one=7;", await _kubectl.RunAsync("get", "boxes", "-o", "go-template={{range .items}}{{.metadata.name}}={{.spec.serverID}};{{end}}"));
        Assert.Matches(@"^one +7 +\d+s$", await _kubectl.RunAsync("get", "boxes", "--no-headers", "--sort-by=.metadata.name"));
        Assert.Matches(@"(?s)Name: +one\n.*Labels: +color=red.*Server ID: +7.*Events: +<none>", await _kubectl.RunAsync("describe", "box", "one"));
        if (await _kubectl.ReadsOpenApiV3Async()) Assert.Matches(@"(?s)spec\s+<Object> -required-.*ports\s+<\[\]Object>.*port\s+<integer>", await _kubectl.RunAsync("explain", "box", "--recursive"));
    }

    [Fact]
    public async Task A_watch_prints_what_comes()
    {
        await using var lab = await ReadyAsync();
        var seen = _kubectl.UntilAsync(line => line.StartsWith("two ", StringComparison.Ordinal), "get", "boxes", "-w");

        await _kubectl.RunAsync("apply", "-f", _kubectl.Write("one.yaml", Box));
        await _kubectl.RunAsync("apply", "-f", _kubectl.Write("two.yaml", Box.Replace("name: one", "name: two", StringComparison.Ordinal)));

        Assert.Contains(await seen, line => line.StartsWith("one ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_is_changed_in_every_way()
    {
        await using var lab = await ReadyAsync();
        var file = _kubectl.Write("box.yaml", Box);
        Assert.Equal("box.lab.example.com/one serverside-applied", await _kubectl.RunAsync("apply", "--server-side", "-f", file));

        Assert.Equal("", await _kubectl.RunAsync("diff", "-f", file));
        Assert.Contains("+  mode: Fast", await _kubectl.FailAsync("diff", "-f", _kubectl.Write("fast.yaml", Box.Replace("serverID: 7", "serverID: 7, mode: Fast", StringComparison.Ordinal))), StringComparison.Ordinal);
        await _kubectl.RunAsync("patch", "box", "one", "--type=merge", "-p", """{"spec":{"mode":"Fast"}}""");
        await _kubectl.RunAsync("patch", "box", "one", "--type=json", "-p", """[{"op":"add","path":"/spec/tags","value":{"a":"b"}}]""");
        // The words are kubectl's own and differ by its version.
        Assert.Matches("strategic.merge.patch.* is not supported", await _kubectl.FailAsync("patch", "box", "one", "--type=strategic", "-p", """{"spec":{"mode":"Safe"}}"""));
        Assert.Equal("box.lab.example.com/one scaled", await _kubectl.RunAsync("scale", "box", "one", "--replicas=3"));
        Assert.Contains("expected", await _kubectl.FailAsync("scale", "box", "one", "--current-replicas=9", "--replicas=4"), StringComparison.OrdinalIgnoreCase);
        await _kubectl.RunAsync("label", "box", "one", "color=blue", "--overwrite");
        await _kubectl.RunAsync("annotate", "boxes", "--all", "note=hello");

        Assert.Equal("Fast b 3 blue hello", await _kubectl.RunAsync(
            "get", "box", "one", "-o", "jsonpath={.spec.mode} {.spec.tags.a} {.spec.replicas} {.metadata.labels.color} {.metadata.annotations.note}"));
    }

    [Fact]
    public async Task What_is_waited_for_is_noticed_and_what_does_not_come_is_not()
    {
        await using var lab = await ReadyAsync();
        await _kubectl.RunAsync("apply", "-f", _kubectl.Write("box.yaml", Box));
        await _kubectl.RunAsync("patch", "box", "one", "--type=merge", "-p", """{"metadata":{"finalizers":["lab.example.com/wait"]}}""");

        if (await _kubectl.ReadsOpenApiV3Async())
        {
            Assert.Equal("box.lab.example.com/one condition met", await _kubectl.RunAsync("wait", "--for=jsonpath={.spec.mode}=Safe", "box/one", "--timeout=100s"));
            Assert.Contains("No events found", await _kubectl.RunAsync("events", "--for=box/one"), StringComparison.Ordinal);
        }

        Assert.Contains("timed out", await _kubectl.FailAsync("wait", "--for=condition=Ready", "box/one", "--timeout=1s"), StringComparison.Ordinal);
        await _kubectl.RunAsync("delete", "box", "one", "--wait=false");
        Assert.Contains("timed out", await _kubectl.FailAsync("wait", "--for=delete", "box/one", "--timeout=1s"), StringComparison.Ordinal);
        await _kubectl.RunAsync("patch", "box", "one", "--type=merge", "-p", """{"metadata":{"finalizers":null}}""");
        await _kubectl.RunAsync("wait", "--for=delete", "box/one", "--timeout=100s");
    }

    [Fact]
    public async Task Tokens_and_certificates_are_known_and_others_are_not()
    {
        await using var lab = await ReadyAsync();
        var knows = await _kubectl.ReadsOpenApiV3Async();

        foreach (var (credential, name, group) in new (LabCredential, string, string)[]
        {
            (new LabCredential.Token(Token), "robot", "robots"),
            (new LabCredential.Certificate(new LabUser("jane", "people")), "jane", "people"),
        })
        {
            lab.Server.WriteKubeconfig(_kubectl.Kubeconfig, credential);
            Assert.Contains("boxes.lab.example.com", await _kubectl.RunAsync("get", "crds", "-o", "name"), StringComparison.Ordinal);
            // Since 1.28 kubectl can ask who it is.
            if (knows) Assert.Matches($@"(?s)Username +{name}.*Groups +\[{group} system:authenticated\]", await _kubectl.RunAsync("auth", "whoami"));
        }

        foreach (var credential in new LabCredential[] { new LabCredential.None(), new LabCredential.Token("wrong") })
        {
            lab.Server.WriteKubeconfig(_kubectl.Kubeconfig, credential);
            // Without a credential kubectl asks for a name and a password, and there is nobody to answer.
            Assert.Matches("(?i)unauthorized|must be logged in|provide credentials|username", await _kubectl.FailAsync("get", "crds"));
        }
    }

    /// <summary>A secured Lab that serves boxes which can be scaled, and a kubeconfig for it.</summary>
    private async Task<LabSession> ReadyAsync()
    {
        var lab = await LabSession.StartAsync(options => options with
        {
            Security = new LabSecurity { Tokens = new Dictionary<string, LabUser> { [Token] = new("robot", "robots") } },
        });
        lab.Server.WriteKubeconfig(_kubectl.Kubeconfig);
        var definition = JsonNode.Parse(Samples.DefinitionWith(spec => spec["properties"]!["replicas"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0 }))!;
        definition["spec"]!["versions"]![0]!["subresources"]!["scale"] = new JsonObject { ["specReplicasPath"] = ".spec.replicas", ["statusReplicasPath"] = ".status.replicas" };
        await _kubectl.RunAsync("apply", "-f", _kubectl.Write("boxes.json", definition.ToJsonString()));
        return lab;
    }
}
