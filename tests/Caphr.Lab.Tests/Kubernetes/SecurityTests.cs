using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>A Lab that asks who comes: TLS by an authority of its own, tokens, certificates, and 401 for everybody else.</summary>
public sealed class SecurityTests : IDisposable
{
    private const string Token = "a-token-for-tests";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-security-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_known_token_is_let_in()
    {
        await using var lab = await SecuredAsync();

        Assert.Null(await KnockAsync(Kubeconfig(lab, new LabCredential.Token(Token))));
    }

    [Fact]
    public async Task A_certificate_of_the_own_authority_is_let_in()
    {
        await using var lab = await SecuredAsync();

        Assert.Null(await KnockAsync(Kubeconfig(lab, new LabCredential.Certificate(new LabUser("jane", "people")))));
    }

    [Fact]
    public async Task Who_names_no_credential_gets_an_administrator_of_a_secured_Lab()
    {
        await using var lab = await SecuredAsync();

        Assert.Null(await KnockAsync(Kubeconfig(lab, null)));
    }

    [Fact]
    public async Task Nobody_without_a_credential_is_served()
    {
        await using var lab = await SecuredAsync();

        Assert.Equal(KubernetesError.Unauthorized, await KnockAsync(Kubeconfig(lab, new LabCredential.None())));
    }

    [Fact]
    public async Task A_wrong_token_is_not_served()
    {
        await using var lab = await SecuredAsync();

        Assert.Equal(KubernetesError.Unauthorized, await KnockAsync(Kubeconfig(lab, new LabCredential.Token(Token + "x"))));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_not_served()
    {
        await using var lab = await SecuredAsync();
        await using var other = await SecuredAsync();
        var foreign = JsonNode.Parse(await File.ReadAllTextAsync(Kubeconfig(other, new LabCredential.Certificate(new LabUser("jane", "system:masters")))))!;
        var own = JsonNode.Parse(await File.ReadAllTextAsync(Kubeconfig(lab, new LabCredential.None())))!;
        own["users"] = foreign["users"]!.DeepClone();
        var mixed = Path.Combine(_folder.FullName, "mixed");
        await File.WriteAllTextAsync(mixed, own.ToJsonString());

        Assert.Equal(KubernetesError.Unauthorized, await KnockAsync(mixed));
    }

    [Fact]
    public async Task A_Lab_of_another_authority_is_not_trusted()
    {
        await using var lab = await SecuredAsync();
        await using var other = await SecuredAsync();
        var foreign = JsonNode.Parse(await File.ReadAllTextAsync(Kubeconfig(other, new LabCredential.Token(Token))))!;
        foreign["clusters"]![0]!["cluster"]!["server"] = lab.Server.BaseAddress.ToString();
        var mixed = Path.Combine(_folder.FullName, "mixed");
        await File.WriteAllTextAsync(mixed, foreign.ToJsonString());

        Assert.Equal(KubernetesError.Untrusted, await KnockAsync(mixed));
    }

    [Fact]
    public async Task A_kubeconfig_is_for_its_owner_only()
    {
        await using var lab = await SecuredAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Kubeconfig(lab, null)).UnixFileMode);
    }

    [Fact]
    public async Task Without_security_whoever_comes_is_served()
    {
        await using var lab = await LabSession.StartAsync();

        Assert.Equal("http", lab.Server.BaseAddress.Scheme);
        Assert.Null(await KnockAsync(Kubeconfig(lab, null)));
    }

    [Fact]
    public void A_token_is_in_no_text()
    {
        var security = new LabSecurity { Tokens = new Dictionary<string, LabUser> { [Token] = new("robot") } };

        Assert.DoesNotContain(Token, security.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, new LabKubernetesOptions { Clock = new LabSession.RealClock(), Security = security }.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, new LabCredential.Token(Token).ToString(), StringComparison.Ordinal);
    }

    private static Task<LabSession> SecuredAsync() => LabSession.StartAsync(options => options with
    {
        Security = new LabSecurity { Tokens = new Dictionary<string, LabUser> { [Token] = new("robot", "robots") } },
    });

    private string Kubeconfig(LabSession lab, LabCredential? credential)
    {
        var path = Path.Combine(_folder.FullName, $"kubeconfig-{lab.Server.BaseAddress.Port}");
        lab.Server.WriteKubeconfig(path, credential);
        return path;
    }

    private static async Task<KubernetesError?> KnockAsync(string kubeconfig)
    {
        using var connection = KubernetesConnection.FromKubeconfig(kubeconfig).Value;
        using var client = new KubernetesClient(connection, new LabSession.RealClock());
        return (await client.ListAsync<Secret>(Selection.In("default"), CancellationToken.None)).Failure?.Error;
    }
}
