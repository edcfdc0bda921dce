using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class KubernetesTlsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("caphr-tls-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;
    private WebApplication _server = null!;
    private string? _seenProtocol;
    private string? _seenClient;

    public KubernetesTlsTests()
    {
        _authority = Authority("CN=cluster authority");
        _certificate = Issue("CN=apiserver", request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        });
    }

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = _certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        })));
        _server = builder.Build();
        _server.Run(context =>
        {
            _seenProtocol = context.Request.Protocol;
            _seenClient = context.Connection.ClientCertificate?.Subject;
            return context.Response.WriteAsync("{}");
        });
        await _server.StartAsync();
    }

    [Fact]
    public async Task The_authority_of_the_kubeconfig_is_trusted_and_the_client_certificate_shown_over_http_2()
    {
        using var client = Issue("CN=caphr", _ => { });
        var answer = await GetAsync(_authority, client, "");

        Assert.True(answer.Succeeded, answer.Failure?.Message);
        Assert.Equal(("HTTP/2", "CN=caphr"), (_seenProtocol, _seenClient));
    }

    [Fact]
    public async Task Another_authority_is_not_trusted_and_nothing_is_sent()
    {
        using var stranger = Authority("CN=cluster authority");
        var failure = (await GetAsync(stranger, client: null, "")).Failure!;

        Assert.Equal((KubernetesError.Untrusted, RetryClass.NeedsHuman), (failure.Error, failure.Retry));
        Assert.Null(_seenProtocol);
    }

    [Fact]
    public async Task Verification_is_skipped_only_on_request()
    {
        using var stranger = Authority("CN=cluster authority");
        Assert.True((await GetAsync(stranger, client: null, ", insecure-skip-tls-verify: true")).Succeeded);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted() =>
        Assert.Equal(KubernetesError.Untrusted, (await GetAsync(_authority, client: null, ", tls-server-name: elsewhere")).Failure!.Error);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
        _authority.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Outcome<HetznerRobotHost, KubernetesFailure>> GetAsync(X509Certificate2 authority, X509Certificate2? client, string more)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), authority.ExportCertificatePem());
        if (client is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "client.pem"), client.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(_folder, "client.key"), client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }

        var path = Path.Combine(_folder, "config");
        var user = client is null ? "{}" : "{client-certificate: client.pem, client-key: client.key}";
        await File.WriteAllTextAsync(path, $$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "{{{_server.Urls.First()}}}", certificate-authority: ca.pem{{{more}}}}}]
            users: [{name: u, user: {{{user}}}}]
            """);
        using var connection = KubernetesConnection.FromKubeconfig(path).Value;
        using var kubernetes = new KubernetesClient(connection, new RealTime());
        return await kubernetes.GetAsync<HetznerRobotHost>(new ObjectKey("default", "x"), default);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(From, Until);
    }

    private X509Certificate2 Issue(string name, Action<CertificateRequest> extend)
    {
        var request = new CertificateRequest(name, _key, HashAlgorithmName.SHA256);
        extend(request);
        using var issued = request.Create(_authority, From, Until, [1, 2, 3, 4, (byte)name.Length]);
        return issued.CopyWithPrivateKey(_key);
    }
}
