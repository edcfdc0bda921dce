using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Caphr.Protocols.Kubernetes;

/// <summary>Reads the kubeconfig format, as far as a controller needs it: no exec plugins, no passwords.</summary>
internal sealed class Kubeconfig(string path, KubeconfigFile file)
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

    public static Outcome<KubernetesConnection, KubernetesFailure> Read(string path)
    {
        try
        {
            var yaml = new DeserializerBuilder().IgnoreUnmatchedProperties().Build();
            var file = yaml.Deserialize<KubeconfigFile?>(File.ReadAllText(path));
            return file is null ? Broken($"The kubeconfig {path} is empty.") : new Kubeconfig(path, file).Connect();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Broken($"There is no kubeconfig at {path}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Broken($"The kubeconfig {path} cannot be read: {exception.Message}");
        }
        catch (YamlException exception)
        {
            // Not the parser's own message: it may quote the line, and lines of a kubeconfig are credentials.
            return Broken($"The kubeconfig {path} is not valid YAML of that format (line {exception.Start.Line}).");
        }
    }

    private Outcome<KubernetesConnection, KubernetesFailure> Connect()
    {
        if (string.IsNullOrEmpty(file.CurrentContext)) return Broken($"The kubeconfig {path} names no current-context.");
        if (file.Contexts.Find(entry => entry.Name == file.CurrentContext)?.Context is not { } context)
            return Broken($"The kubeconfig {path} has no context '{file.CurrentContext}', which its current-context names.");
        if (file.Clusters.Find(entry => entry.Name == context.Cluster)?.Cluster is not { } cluster)
            return Broken($"The kubeconfig {path} has no cluster '{context.Cluster}', which the context '{file.CurrentContext}' names.");
        // kubectl, too, takes a context without a user for an anonymous one.
        var user = new KubeconfigUser();
        if (!string.IsNullOrEmpty(context.User))
        {
            if (file.Users.Find(entry => entry.Name == context.User)?.User is not { } found)
                return Broken($"The kubeconfig {path} has no user '{context.User}', which the context '{file.CurrentContext}' names.");
            user = found;
        }

        if (!Uri.TryCreate(cluster.Server, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            return Broken($"The server of cluster '{context.Cluster}' in the kubeconfig {path} is not an http or https address.");
        if (user.Exec is not null || user.AuthProvider is not null || !string.IsNullOrEmpty(user.Username))
            return Broken($"The user '{context.User}' in the kubeconfig {path} needs a plugin or a password; use a token or a client certificate.");

        try
        {
            return new KubernetesConnection
            {
                Server = server,
                Namespace = string.IsNullOrEmpty(context.Namespace) ? "default" : context.Namespace,
                TrustedAuthorities = Authorities(cluster),
                ClientCertificate = Certificate(user),
                Token = Token(user),
                TlsServerName = cluster.TlsServerName,
                SkipTlsVerify = cluster.InsecureSkipTlsVerify,
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Broken($"A file that the kubeconfig {path} names cannot be read: {exception.Message}");
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException or ArgumentException)
        {
            return Broken($"A certificate or key in the kubeconfig {path} is not valid base64 of PEM.");
        }
    }

    private X509Certificate2Collection? Authorities(KubeconfigCluster cluster)
    {
        if (Content(cluster.CertificateAuthorityData, cluster.CertificateAuthority) is not { } pem) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        if (authorities.Count == 0) throw new CryptographicException("no certificate");
        return authorities;
    }

    private X509Certificate2? Certificate(KubeconfigUser user) =>
        Content(user.ClientCertificateData, user.ClientCertificate) is { } certificate && Content(user.ClientKeyData, user.ClientKey) is { } key
            ? X509Certificate2.CreateFromPem(certificate, key)
            : null;

    // As kubectl decides: the file wins over the text, because the text is what was in it once.
    private BearerToken? Token(KubeconfigUser user) => (user.TokenFile, user.Token) switch
    {
        ({ Length: > 0 } file, _) => BearerToken.InFile(Path.Combine(_folder, file)),
        (_, { Length: > 0 } text) => BearerToken.Fixed(text),
        _ => null,
    };

    private string? Content(string? data, string? name)
    {
        if (!string.IsNullOrEmpty(data)) return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        return string.IsNullOrEmpty(name) ? null : File.ReadAllText(Path.Combine(_folder, name));
    }

    private static KubernetesFailure Broken(string sentence) => new(KubernetesError.NotConfigured, sentence);
}
