using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>The real kubectl, without special flags, through a whole working day.</summary>
public sealed class KubectlTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-kubectl-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_scripted_session_goes_as_against_a_real_cluster()
    {
        await using var lab = await LabSession.StartAsync();
        lab.Server.WriteKubeconfig(Path.Combine(_folder.FullName, "kubeconfig"));
        var crds = Write("crds/box.json", Samples.Definition);
        var basics = Write("basics.yaml", """
            apiVersion: v1
            kind: Namespace
            metadata: { name: work }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: robot, namespace: work }
            data: { user: cm9ib3Q= }
            """);
        var box = Write("box.yaml", """
            apiVersion: lab.example.com/v1alpha1
            kind: Box
            metadata: { name: one, namespace: work }
            spec: { serverID: 7 }
            """);

        var readsOpenApiV3 = await ReadsOpenApiV3Async();
        // Older ones print a struct here, newer ones a line.
        Assert.Matches("Server Version: .*v1\\.32\\.4", await RunAsync("version"));
        var applied = await RunAsync("apply", "-f", basics, "-f", Path.GetDirectoryName(crds)!);
        Assert.Contains("namespace/work created\nsecret/robot created\ncustomresourcedefinition.apiextensions.k8s.io/boxes.lab.example.com created", applied, StringComparison.Ordinal);
        Assert.DoesNotContain("configured", await RunAsync("apply", "-f", basics, "-f", crds), StringComparison.Ordinal);
        await RunAsync("wait", "--for=condition=Established", "crd/boxes.lab.example.com", "--timeout=30s");
        Assert.Equal("box.lab.example.com/one created", await RunAsync("apply", "-f", box));
        Assert.Equal("box.lab.example.com/one unchanged", await RunAsync("apply", "-f", box));

        Assert.Matches(@"^NAME +SERVER +READY +AGE\none +7 +\d+s$", await RunAsync("get", "boxes", "-n", "work"));
        Assert.Contains("Safe", await RunAsync("get", "bx", "-A", "-o", "wide"), StringComparison.Ordinal);
        Assert.Equal("7", await RunAsync("get", "box", "one", "-n", "work", "-o", "jsonpath={.spec.serverID}"));
        Assert.Equal("box.lab.example.com/one", await RunAsync("get", "lab", "-n", "work", "-o", "name", "--field-selector", "metadata.name=one"));
        if (readsOpenApiV3) Assert.Contains("FIELD: serverID <integer>", await RunAsync("explain", "box.spec.serverID"), StringComparison.Ordinal);
        Assert.Contains("lab.example.com/v1alpha1", await RunAsync("api-resources"), StringComparison.Ordinal);
        Assert.Contains("is running at", await RunAsync("cluster-info"), StringComparison.Ordinal);

        await RunAsync("label", "box", "one", "-n", "work", "color=red");
        await RunAsync("annotate", "box", "one", "-n", "work", "note=hello");
        Assert.Contains("serverID is immutable", await FailAsync("patch", "box", "one", "-n", "work", "--type=merge", "-p", """{"spec":{"serverID":8}}"""), StringComparison.Ordinal);
        if (readsOpenApiV3) Assert.Contains("unknown field \"spec.odd\"", await FailAsync("create", "-f", Write("odd.yaml", """
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
        Assert.Equal("box.lab.example.com/one condition met", await RunAsync("wait", "--for=condition=Ready", "box/one", "-n", "work", "--timeout=30s"));

        var uid = await RunAsync("get", "box", "one", "-n", "work", "-o", "jsonpath={.metadata.uid}");
        await RunAsync("create", "-f", Write("event.yaml", $$"""
            apiVersion: v1
            kind: Event
            metadata: { name: one.1, namespace: work }
            involvedObject: { apiVersion: lab.example.com/v1alpha1, kind: Box, name: one, namespace: work, uid: {{uid}} }
            reason: Claimed
            message: it was claimed
            type: Normal
            lastTimestamp: "2026-01-01T00:00:00Z"
            """));
        Assert.Matches(@"Normal +Claimed +.*it was claimed", await RunAsync("describe", "box", "one", "-n", "work"));
        Assert.Matches(@"Claimed +box/one +it was claimed", await RunAsync("get", "events", "-n", "work"));

        await RunAsync("apply", "--server-side", "--force-conflicts", "-f", box);
        Assert.Contains("Apply failed with", await FailAsync("apply", "--server-side", "--field-manager=other", "-f", Write("other.yaml", """
            apiVersion: lab.example.com/v1alpha1
            kind: Box
            metadata: { name: one, namespace: work, labels: { color: blue } }
            spec: { serverID: 7 }
            """)), StringComparison.Ordinal);

        Assert.Equal("secret/plain created", await RunAsync("create", "secret", "generic", "plain", "-n", "work", "--from-literal=password=hush"));
        Assert.Equal("aHVzaA==", await RunAsync("get", "secret", "plain", "-n", "work", "-o", "jsonpath={.data.password}"));

        await RunAsync("patch", "box", "one", "-n", "work", "--type=merge", "-p", """{"metadata":{"finalizers":["lab.example.com/wait"]}}""");
        await RunAsync("delete", "box", "one", "-n", "work", "--wait=false");
        var gone = RunAsync("wait", "--for=delete", "box/one", "-n", "work", "--timeout=60s");
        Assert.Contains("deletionTimestamp", await RunAsync("get", "box", "one", "-n", "work", "-o", "yaml"), StringComparison.Ordinal);
        await RunAsync("patch", "box", "one", "-n", "work", "--type=json", "-p", """[{"op":"remove","path":"/metadata/finalizers"}]""");
        Assert.Equal("box.lab.example.com/one condition met", await gone);
        await RunAsync("delete", "-f", basics, "--ignore-not-found");
        Assert.DoesNotContain("work", await RunAsync("get", "namespaces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_definitions_that_are_shipped_are_accepted_and_explained()
    {
        await using var lab = await LabSession.StartAsync();
        lab.Server.WriteKubeconfig(Path.Combine(_folder.FullName, "kubeconfig"));
        var shipped = Repository.Find()!.Crds;

        var applied = await RunAsync("apply", "-f", shipped);

        Assert.Equal(Directory.GetFiles(shipped, "*.yaml").Length, applied.Split('\n').Count(line => line.EndsWith(" created", StringComparison.Ordinal)));
        if (await ReadsOpenApiV3Async()) Assert.Contains("FIELD: serverID <integer>", await RunAsync("explain", "hetznerrobothosts.spec.serverID"), StringComparison.Ordinal);
        Assert.Contains("spec.serverID: Invalid value: 0", await FailAsync("create", "-f", Write("host.yaml", """
            apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
            kind: HetznerRobotHost
            metadata: { name: zero, namespace: default }
            spec: { serverID: 0 }
            """)), StringComparison.Ordinal);
    }

    /// <summary>
    /// Debian's kubectl is of 2021. It explains, and refuses unknown fields, by OpenAPI v2 only, which the Lab does not serve in full; all
    /// else of the session is the same for it.
    /// </summary>
    private async Task<bool> ReadsOpenApiV3Async()
    {
        using var version = JsonDocument.Parse(await RunAsync("version", "--client", "-o", "json"));
        return int.Parse(version.RootElement.GetProperty("clientVersion").GetProperty("minor").GetString()!.TrimEnd('+'), CultureInfo.InvariantCulture) >= 27;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await StartAsync(arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output) = await StartAsync(arguments);
        Assert.True(code != 0, $"kubectl {string.Join(' ', arguments)} should have failed: {output}");
        return output;
    }

    private async Task<(int Code, string Output)> StartAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = Path.Combine(_folder.FullName, "kubeconfig");
        start.Environment["HOME"] = _folder.FullName;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), new LabSession.RealClock());
        using var kubectl = Find(start);
        var (output, errors) = (kubectl.StandardOutput.ReadToEndAsync(limit.Token), kubectl.StandardError.ReadToEndAsync(limit.Token));
        await kubectl.WaitForExitAsync(limit.Token);
        return (kubectl.ExitCode, (await output + await errors).Trim());
    }

    private static Process Find(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("This test needs the kubectl binary on the PATH, and it is not there.", missing);
        }
    }
}
