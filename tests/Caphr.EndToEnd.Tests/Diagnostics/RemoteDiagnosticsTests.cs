using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Deploy;
using Caphr.EndToEnd.Tests.Provisioning;

namespace Caphr.EndToEnd.Tests.Diagnostics;

/// <summary>Diagnostics over HTTPS as deploy/overlays/diagnostics sets them up: the Lab's API server says who asks and what they may read.</summary>
public sealed partial class RemoteDiagnosticsTests : IDisposable
{
    private const string NotKnown = "Kubernetes does not know this token, or it was not made for the audience caphr, or it has expired.";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-remote-");

    [Fact]
    public async Task Whoever_Kubernetes_lets_in_is_told_and_nobody_else_is()
    {
        await using var lab = await StartAsync(network: 232);
        using var probe = new Probe();
        var url = $"https://127.0.0.1:{probe.Port}";
        lab.StartController("--diagnostics-port", probe.Port, "--diagnostics-tls", _folder.FullName);
        await lab.EventuallyAsync("the log tells the fingerprint", () => lab.Log.Any(line => Sha256().IsMatch(line)));
        var fingerprint = Sha256().Match(lab.Log.First(line => Sha256().IsMatch(line))).Groups[1].Value;

        var viewer = await TokenAsync(lab, "viewer", "--audience=caphr");
        await lab.EventuallyAsync("the viewer is told", async () => (await AskAsync("viewer", viewer, "server", "list")).Exit == 0);
        var (exit, output, _) = await AskAsync("viewer", viewer, "shard", "list", "--json");
        Assert.Equal(0, exit);
        Assert.StartsWith("[", output, StringComparison.Ordinal);

        var stranger = await TokenAsync(lab, "stranger", "--audience=caphr");
        Assert.Equal(
            (3, "", "system:serviceaccount:demo:stranger may not get /caphr/servers: bind the ClusterRole caphr-viewer, or one that allows this path."),
            await AskAsync("stranger", stranger, "server", "list"));
        // A token that opens the Kubernetes API is not taken, even a viewer's.
        var forTheApi = await TokenAsync(lab, "viewer");
        Assert.Equal((3, "", NotKnown), await AskAsync("api", forTheApi, "server", "list"));
        Assert.Equal((3, "", NotKnown), await AskAsync("guessed", "guessed", "server", "list"));
        Assert.Contains("Say who you are", (await AskAsync("none", null, "server", "list")).Error, StringComparison.Ordinal);

        // A token that ends while it is used is refused from then on.
        var brief = await TokenAsync(lab, "viewer", "--audience=caphr", "--duration=1s");
        await lab.EventuallyAsync("it has expired", async () => await AskAsync("brief", brief, "server", "list") == (3, "", NotKnown));

        // A role that is taken away counts no more, after the moment for which answers are kept.
        await lab.KubectlAsync("delete", "clusterrolebinding", "viewer");
        await lab.EventuallyAsync("the viewer is a stranger now", async () => (await AskAsync("viewer", viewer, "server", "list")).Exit == 3);

        Assert.DoesNotContain(lab.Log, line => new[] { viewer, stranger, forTheApi, brief }.Any(token => line.Contains(token, StringComparison.Ordinal)));
        Assert.Contains(lab.Log, line => line.Contains("refused to system:serviceaccount:demo:stranger, who may not get /caphr/servers", StringComparison.Ordinal));
        Assert.All(["tokenreviews", "subjectaccessreviews"], review => Assert.Contains(lab.Accesses, access => access is { Verb: "create", IsAllowed: true } && access.Resource == review));

        Task<(int Exit, string Output, string Error)> AskAsync(string name, string? token, params string[] verb) => CaphrAsync(url, fingerprint, name, token, verb);
    }

    [Fact]
    public async Task While_Kubernetes_cannot_be_asked_nobody_is_told_anything()
    {
        await using var lab = await StartAsync(network: 233);
        using var probe = new Probe();
        await WriteCertificateAsync("first");
        lab.StartController("--diagnostics-port", probe.Port, "--diagnostics-tls", _folder.FullName);
        using var http = Trusting();
        var server = new Uri($"https://127.0.0.1:{probe.Port}/caphr/servers");
        var viewer = await TokenAsync(lab, "viewer", "--audience=caphr");
        await lab.EventuallyAsync("the viewer is told", async () => (await GetAsync(viewer)).Status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(viewer, new Uri(server, "/caphr/servers/1"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(viewer, new Uri(server, "/metrics"))).Status);

        using (lab.Datacenter.Kubernetes.Faults.CutNetwork())
        {
            await lab.EventuallyAsync("what was known is known no more", async () => (await GetAsync(viewer)).Status == HttpStatusCode.ServiceUnavailable);
            Assert.Contains("nobody is told anything", (await GetAsync("another")).Body, StringComparison.Ordinal);
        }

        await lab.EventuallyAsync("the viewer is told again", async () => (await GetAsync(viewer)).Status == HttpStatusCode.OK);

        async Task<(HttpStatusCode? Status, string Body)> GetAsync(string token, Uri? question = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, question ?? server);
            request.Headers.Authorization = new("Bearer", token);
            try
            {
                using var answer = await http.SendAsync(request);
                return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
            }
            catch (HttpRequestException)
            {
                // Not heard yet.
                return (null, "");
            }
        }
    }

    [Fact]
    public async Task A_certificate_that_is_exchanged_is_the_one_that_is_shown_without_a_restart()
    {
        await using var lab = await StartAsync(network: 234);
        using var probe = new Probe();
        var first = await WriteCertificateAsync("first");
        lab.StartController("--diagnostics-port", probe.Port, "--diagnostics-tls", _folder.FullName);
        var viewer = await TokenAsync(lab, "viewer", "--audience=caphr");
        await lab.EventuallyAsync("the first one is shown", async () => (await CaphrAsync($"https://localhost:{probe.Port}", first, "viewer", viewer, "server", "list")).Exit == 0);

        // One file has come and the other has not: they do not belong together.
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "tls.crt"), "half of a file");
        await lab.EventuallyAsync("the log says so", async () => (await CaphrAsync($"https://localhost:{probe.Port}", first, "viewer", viewer, "server", "list")).Exit == 0 && lab.Log.Any(line => line.Contains("they are no certificate and key", StringComparison.Ordinal)));

        var second = await WriteCertificateAsync("second");
        await lab.EventuallyAsync("the second one is shown", async () => (await CaphrAsync($"https://localhost:{probe.Port}", second, "viewer", viewer, "server", "list")).Exit == 0);
        var (exit, _, error) = await CaphrAsync($"https://localhost:{probe.Port}", first, "viewer", viewer, "server", "list");
        Assert.Equal((1, $"https://localhost:{probe.Port} proves itself with a certificate that is not trusted: name its authority with --ca-file, or its SHA-256 with --fingerprint."), (exit, error));

        // Its own authority, and the name in it.
        var (trusted, _, _) = await CaphrCommand.RunAsync("server", "list", "--server", $"https://localhost:{probe.Port}", "--token-file", Token("viewer", viewer)!, "--ca-file", Path.Combine(_folder.FullName, "tls.crt"));
        Assert.Equal(0, trusted);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<TestLab> StartAsync(byte network)
    {
        var lab = await TestLab.StartAsync(network, servers: 1);
        await ShippedRoles.GrantAsync(lab.Datacenter.Kubernetes, lab.Kubeconfig, lab.ControllerKubeconfig, folder: "deploy/overlays/diagnostics");
        await lab.KubectlAsync("create", "namespace", "demo");
        foreach (var account in new[] { "viewer", "stranger" }) await lab.KubectlAsync("create", "serviceaccount", account, "-n", "demo");
        await lab.KubectlAsync("create", "clusterrolebinding", "viewer", "--clusterrole=caphr-viewer", "--serviceaccount=demo:viewer");
        return lab;
    }

    private static async Task<string> TokenAsync(TestLab lab, string account, params string[] more) => (await lab.KubectlAsync(["create", "token", account, "-n", "demo", .. more])).Trim();

    private async Task<(int Exit, string Output, string Error)> CaphrAsync(string url, string fingerprint, string name, string? token, params string[] verb)
    {
        var (exit, output, error) = await CaphrCommand.RunAsync([.. verb, "--server", url, "--fingerprint", fingerprint, .. Token(name, token) is { } file ? (string[])["--token-file", file] : []]);
        return (exit, output, error.TrimEnd());
    }

    private string? Token(string name, string? token)
    {
        if (token is null) return null;
        var file = Path.Combine(_folder.FullName, $"token-of-{name}");
        File.WriteAllText(file, token);
        return file;
    }

    /// <summary>As a kubelet brings them. The SHA-256 of the certificate.</summary>
    private async Task<string> WriteCertificateAsync(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TestLab.Clock.GetUtcNow().AddDays(-1), TestLab.Clock.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "tls.crt"), certificate.ExportCertificatePem());
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    private static HttpClient Trusting()
    {
        var handler = new SocketsHttpHandler();
#pragma warning disable CA5359 // What is asked here is who is let in, not by whom.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return new HttpClient(handler);
    }

    [GeneratedRegex("SHA-256 ([0-9A-F]{64})")]
    private static partial Regex Sha256();
}
