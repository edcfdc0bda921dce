using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class KubernetesConnectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("caphr-kubeconfig-").FullName;

    [Fact]
    public void The_current_context_decides()
    {
        using var connection = Read("""
            apiVersion: v1
            kind: Config
            current-context: two
            clusters:
            - {name: a, cluster: {server: "https://127.0.0.1:1"}}
            - {name: b, cluster: {server: "http://127.0.0.1:2/k8s/clusters/c-1"}}
            contexts:
            - {name: one, context: {cluster: a, user: nobody}}
            - {name: two, context: {cluster: b, namespace: caphr}}
            users: []
            """).Value;

        Assert.Equal("http://127.0.0.1:2/k8s/clusters/c-1", connection.Server.ToString());
        Assert.Equal("caphr", connection.Namespace);
    }

    [Theory]
    [InlineData("", "is empty.")]
    [InlineData("clusters: [", "is not valid YAML of that format")]
    [InlineData("clusters: 7", "is not valid YAML of that format")]
    [InlineData("clusters: []", "names no current-context.")]
    [InlineData("current-context: x", "has no context 'x', which its current-context names.")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}]}", "has no cluster 'c', which the context 'x' names.")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: 'https://h'}}]}", "has no user 'u'")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: 'ftp://h'}}]}", "is not an http or https address.")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: 'https://h', certificate-authority-data: '!'}}]}", "is not valid base64 of PEM.")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: 'https://h', certificate-authority: missing.pem}}]}", "A file that the kubeconfig")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: 'https://h'}}], users: [{name: u, user: {exec: {command: aws}}}]}", "use a token or a client certificate.")]
    public void A_broken_file_is_one_clear_sentence(string yaml, string expected)
    {
        var failure = Read(yaml).Failure!;

        Assert.Equal((KubernetesError.NotConfigured, RetryClass.NeedsHuman), (failure.Error, failure.Retry));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = Path.Combine(_folder, "none", "config");
        Assert.Equal($"There is no kubeconfig at {path}.", KubernetesConnection.FromKubeconfig(path).Failure!.Message);
    }

    [Fact]
    public void A_broken_file_does_not_show_its_credentials()
    {
        var failure = Read("users:\n- name: u\n  user: {token: hunter2, token: hunter2}\n  : : hunter2").Failure!;
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_are_read_from_data_and_from_files_beside_the_kubeconfig()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2126, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Path.Combine(_folder, "client.key"), key.ExportPkcs8PrivateKeyPem());
        var pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate.ExportCertificatePem()));

        using var connection = Read($$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: {{{pem}}}}}]
            users: [{name: u, user: {client-certificate-data: {{{pem}}}, client-key: client.key}}]
            """).Value;

        Assert.Equal("https://127.0.0.1:1/", connection.ToString());
    }

    [Fact]
    public async Task A_token_file_that_is_exchanged_is_read_again()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(200, "{}");
        var token = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(token, "first\n");
        using var connection = Read($$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "{{{server.Address}}}"}}]
            users: [{name: u, user: {tokenFile: token}}]
            """).Value;
        var time = new ManualTime();
        using var client = new KubernetesClient(connection, time);

        await GetAsync();
        await File.WriteAllTextAsync(token, "second");
        await GetAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await GetAsync();
        File.Delete(token);
        time.Advance(TimeSpan.FromMinutes(1));
        await GetAsync();

        Assert.Equal(["Bearer first", "Bearer first", "Bearer second", "Bearer second"], server.Seen.Select(seen => seen.Authorization));

        async Task GetAsync() => Assert.True((await client.GetAsync<HetznerRobotHost>(new ObjectKey("default", "x"), default)).Succeeded);
    }

    [Fact]
    public async Task A_refused_token_is_read_again_at_once()
    {
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(context => context.Request.Headers.Authorization == "Bearer second"
            ? ApiServerDouble.Reply(context, 200, "{}")
            : ApiServerDouble.Reply(context, 401, ApiServerDouble.Refusal("Unauthorized", "Unauthorized")));
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "first");
        using var connection = Read($$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "{{{server.Address}}}"}}]
            users: [{name: u, user: {tokenFile: token}}]
            """).Value;
        using var client = new KubernetesClient(connection, new ManualTime());

        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "second");
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "first");
        Assert.Equal(KubernetesError.Unauthorized, (await client.GetAsync<HetznerRobotHost>(new ObjectKey("default", "x"), default)).Failure!.Error);
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "second");
        Assert.True((await client.GetAsync<HetznerRobotHost>(new ObjectKey("default", "x"), default)).Succeeded);
    }

    [Fact]
    public void Outside_a_pod_the_missing_environment_is_named() =>
        Assert.Contains("KUBERNETES_SERVICE_HOST", KubernetesConnection.InCluster(_folder, _ => null).Failure!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_pod_without_a_token_is_told_why()
    {
        var failure = KubernetesConnection.InCluster(_folder, _ => "1").Failure!;
        Assert.Contains("automountServiceAccountToken", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_pod_address_namespace_and_authority_come_from_what_kubelet_mounts()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2126, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "token"), "t");
        File.WriteAllText(Path.Combine(_folder, "namespace"), "caphr-system");

        using var connection = KubernetesConnection.InCluster(_folder, name => name.EndsWith("HOST", StringComparison.Ordinal) ? "fd00::1" : "443").Value;

        Assert.Equal("https://[fd00::1]/", connection.Server.ToString());
        Assert.Equal("caphr-system", connection.Namespace);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Outcome<KubernetesConnection, KubernetesFailure> Read(string yaml)
    {
        var path = Path.Combine(_folder, "config");
        File.WriteAllText(path, yaml);
        return KubernetesConnection.FromKubeconfig(path);
    }
}
